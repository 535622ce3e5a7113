using System.Security.Cryptography;
using System.Text;
using Automation.Connectors.Generic;
using Automation.Engine.Events;
using Automation.Engine.Ports;
using FsCheck.Xunit;

namespace Automation.Connectors.Tests.Generic;

public sealed class GenericHookSourceTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private readonly GenericHookSource source = new();

    private static string Sign(byte[] body, string secret, string id, string timestamp)
    {
        var key = secret.StartsWith("whsec_", StringComparison.Ordinal) ? Convert.FromBase64String(secret[6..]) : Encoding.UTF8.GetBytes(secret);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    private static HookRequest Request(byte[] body, string secret = Secret, string? signature = null, int secondsOff = 0, string? contentType = "application/json", string[]? secrets = null)
    {
        var timestamp = Hooks.Now.AddSeconds(secondsOff).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Hooks.Request(Hooks.Connection("generic"), body, contentType) with
        {
            Headers = new Dictionary<string, string> { ["Webhook-Id"] = "msg_1", ["webhook-timestamp"] = timestamp, ["webhook-signature"] = signature ?? Sign(body, secret, "msg_1", timestamp) },
            Secrets = secrets ?? [Secret],
        };
    }

    private HookReading Read(string body) => source.Read(Request(Encoding.UTF8.GetBytes(body)));

    private static CrmEvent One(HookReading reading) => Assert.Single(Assert.IsType<HookReading.Events>(reading).Items);

    private static string Denied(HookReading reading) => Assert.IsType<HookReading.Denied>(reading).Code;

    [Fact]
    public void Sign_SpecificationsExample_Fits() => // the published test vector of the specification
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Sign("{\"test\": 2432232314}"u8.ToArray(), Secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"));

    [Fact]
    public void Read_Signed_OneEventWithTheBody()
    {
        var told = One(Read("""{"amount":12.50,"items":[1,2]}"""));
        Assert.Equal(("webhook", "webhook", "msg_1", "msg_1"), (told.Kind, told.EntityType, told.EntityId, told.DedupKey));
        Assert.Equal(12.50m, (decimal)told.Data["amount"]!);
        Assert.Equal(64, told.BodyHash!.Length);
    }

    [Fact]
    public void Read_BodyNamesEntity_JoinsItsMailbox()
    {
        var told = One(Read("""{"entity_type":"deal","entity_id":40215877}"""));
        Assert.Equal(("deal", "40215877"), (told.EntityType, told.EntityId));
    }

    [Fact]
    public void Read_Secrets_RawAndRotated()
    {
        var body = "{}"u8.ToArray();
        One(source.Read(Request(body, "plain secret", secrets: ["other", "plain secret"])));
        Assert.Equal("signature_invalid", Denied(source.Read(Request(body, "plain secret", secrets: ["a", "b", "plain secret"]))));
        Assert.Equal("signature_invalid", Denied(source.Read(Request(body, secrets: []))));
    }

    [Fact]
    public void Read_ManySignatures_TenAreLookedAt()
    {
        var body = "{}"u8.ToArray();
        var fits = Sign(body, Secret, "msg_1", Hooks.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        One(source.Read(Request(body, signature: string.Join(' ', Enumerable.Repeat("v1,AAAA", 9).Append(fits)))));
        Assert.Equal("signature_invalid", Denied(source.Read(Request(body, signature: string.Join(' ', Enumerable.Repeat("v1,AAAA", 10).Append(fits))))));
        Assert.Equal("signature_invalid", Denied(source.Read(Request(body, signature: fits.Replace("v1,", "v2,", StringComparison.Ordinal)))));
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void Read_Clock_ToleranceHolds(int off, bool accepted)
    {
        var reading = source.Read(Request("{}"u8.ToArray(), secondsOff: off));
        if (accepted) One(reading);
        else Assert.Equal("timestamp_out_of_tolerance", Denied(reading));
    }

    [Fact]
    public void Read_HeadersAbsentOrBroken_TheirCodes()
    {
        var request = Request("{}"u8.ToArray());
        Assert.Equal("signature_missing", Denied(source.Read(request with { Headers = new Dictionary<string, string>() })));
        Assert.Equal("timestamp_invalid", Assert.IsType<HookReading.Invalid>(source.Read(request with { Headers = new Dictionary<string, string>(request.Headers) { ["webhook-timestamp"] = "soon" } })).Code);
        Assert.Equal("header_invalid", Assert.IsType<HookReading.Invalid>(source.Read(request with { Headers = new Dictionary<string, string>(request.Headers) { ["Webhook-Id"] = "" } })).Code);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "[]", "" },
        { "1", "" },
        { "", "" },
        { "{\"a\":", "a" },
        { "{\"a\":1,\"a\":2}", "a" },
        { "{\"b\":[{\"a\":1},{\"a\":1,\"\\u0061\":2}]}", "b[1].a" },
        { "{\"n\":" + new string('1', 39) + "}", "n" },
        { "{\"n\":1e999}", "n" },
        { "{" + string.Join(',', Enumerable.Range(0, 2001).Select(i => $"\"k{i}\":1")) + "}", "k2000" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Read_OverTheLimits_PayloadInvalidWithPath(string body, string path)
    {
        var invalid = Assert.IsType<HookReading.Invalid>(Read(body));
        Assert.Equal((400, "payload_invalid", path), (invalid.Status, invalid.Code, invalid.Path ?? ""));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Read_Nested_DepthHolds(int depth, bool accepted)
    {
        var reading = Read(string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1));
        if (accepted) One(reading);
        else Assert.IsType<HookReading.Invalid>(reading);
    }

    [Fact]
    public void Read_OtherType_415() => Assert.Equal(415, Assert.IsType<HookReading.Invalid>(source.Read(Request("{}"u8.ToArray(), contentType: "text/plain"))).Status);

    [Theory]
    [InlineData("{\"a\":\"\\u0000\"}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    public void Read_BrokenText_Cleaned(string body)
    {
        var told = One(Read(body));
        Assert.True(told.Sanitized);
        Assert.Equal("\uFFFD", (string?)told.Data["a"]);
    }

    [Property(MaxTest = 10_000)]
    public bool Read_AlteredBody_NeverAccepted(byte[] body, int place, byte with)
    {
        byte[] text = [.. "{\"a\":\""u8, .. Encoding.ASCII.GetBytes(Convert.ToHexString(body)), .. "\"}"u8];
        var request = Request(text);
        var altered = text.ToArray();
        altered[(int)((uint)place % altered.Length)] ^= (byte)(with | 1);
        return source.Read(request with { Body = altered }) is HookReading.Denied && source.Read(request) is HookReading.Events;
    }

    [Property(MaxTest = 2000)]
    public bool Read_RandomSignedBytes_NeverThrows(byte[] body) => source.Read(Request(body)) is not null;
}
