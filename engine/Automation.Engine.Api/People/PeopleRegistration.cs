using Automation.Engine.Api.Access;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Automation.Engine.Api.People;

/// <summary>Users: ASP.NET Core Identity over the table <c>users</c>.</summary>
internal static class PeopleRegistration
{
    // OWASP's figure of 2023 for PBKDF2 with HMAC-SHA512.
    private const int HashRounds = 210_000;

    public static void Add(IServiceCollection services)
    {
        services.AddIdentityCore<UserRow>(identity =>
        {
            identity.User.AllowedUserNameCharacters = "";
            identity.Password.RequiredLength = PeopleRules.ShortestPassword;
            identity.Password.RequiredUniqueChars = 4;
            identity.Password.RequireDigit = identity.Password.RequireLowercase = identity.Password.RequireUppercase = identity.Password.RequireNonAlphanumeric = false;
        }).AddUserStore<UserStore>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = HashRounds);
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<Joining>();
        services.AddScoped<UserDirectory>();
        services.AddSingleton<Preferences>();
        services.AddDataProtection().SetApplicationName("Automation");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = new DataKeyRepository(provider.GetRequiredService<DataKeyStore>())));
    }
}
