namespace Automation.Activities.Tests.Support;

internal sealed class FakeSms : ISmsGateway
{
    public List<SmsRequest> Sent { get; } = [];
    public EffectResult? Answer { get; set; }
    public EffectPolicy Policy { get; set; } = EffectPolicy.Verify;

    public Task<EffectResult> SendAsync(SmsRequest request, CancellationToken cancellationToken)
    {
        if (Answer is { } answer) return Task.FromResult(answer);
        Sent.Add(request);
        return Task.FromResult<EffectResult>(new Delivered(new JObject { ["id"] = $"sms-{Sent.Count}", ["parts"] = 1 }));
    }

    public Task<EffectResult> FindAsync(SmsRequest request, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult<EffectResult>(Sent.Any(sent => sent.EffectKey == request.EffectKey) ? new Delivered(new JObject()) : new Retry(null, "absent"));
}

internal sealed class FakeEmail : IEmailSender
{
    public List<EmailRequest> Sent { get; } = [];

    public Task<EffectResult> SendAsync(EmailRequest request, CancellationToken cancellationToken)
    {
        Sent.Add(request);
        return Task.FromResult<EffectResult>(new Delivered(new JObject { ["id"] = request.EffectKey }));
    }
}

internal sealed class FakeLinks : ILinks
{
    private readonly List<EntityLink> links = [];

    public IReadOnlyList<EntityLink> All => links;

    public void Record(EntityLink link)
    {
        links.RemoveAll(item => item.Relation == link.Relation && item.From == link.From && item.To == link.To);
        links.Add(link with { Data = (JObject)Json.Copy(link.Data) });
    }

    public ValueTask<EntityLink?> FindAsync(string relation, MailboxKey side, CancellationToken cancellationToken) =>
        ValueTask.FromResult(links.LastOrDefault(link => link.Relation == relation && (link.From == side || link.To == side)));
}
