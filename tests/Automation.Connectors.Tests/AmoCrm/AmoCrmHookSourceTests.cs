using System.Text;
using Automation.Connectors.AmoCrm;
using Automation.Connectors.Http;
using Automation.Engine.Events;
using Automation.Engine.Ports;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Tests.AmoCrm;

public sealed class AmoCrmHookSourceTests
{
    private static readonly Connection Demo = Hooks.Connection("amocrm", remoteAccount: "31700500");
    private readonly AmoCrmHookSource source = new();

    private HookReading Read(byte[] body, string? contentType = "application/x-www-form-urlencoded") => source.Read(Hooks.Request(Demo, body, contentType));

    private IReadOnlyList<CrmEvent> Events(params IEnumerable<string> lines) => Assert.IsType<HookReading.Events>(Read(Hooks.Encode(lines))).Items;

    private CrmEvent Sample(string name) => Assert.Single(Events(Hooks.Sample(name)));

    private void AssertInvalid(byte[] body) => Assert.Equal("payload_invalid", Assert.IsType<HookReading.Invalid>(Read(body)).Code);

    [Theory]
    [InlineData("add_lead", "created", "deal", "40215877", true)]
    [InlineData("update_lead", "updated", "deal", "40215877", true)]
    [InlineData("status_lead", "stage_changed", "deal", "40215877", true)]
    [InlineData("responsible_lead", "responsible_changed", "deal", "40215877", true)]
    [InlineData("delete_lead", "deleted", "deal", "40215877", false)]
    [InlineData("restore_lead", "restored", "deal", "40215877", true)]
    [InlineData("note_lead", "note_added", "deal", "40215877", true)]
    [InlineData("note_call_in", "call_received", "deal", "40215877", true)]
    [InlineData("note_contact_file", "note_added", "contact", "51800711", true)]
    [InlineData("add_contact", "created", "contact", "51800711", true)]
    [InlineData("update_contact_responsible", "responsible_changed", "contact", "51800711", true)]
    [InlineData("add_company", "created", "company", "51800711", true)]
    [InlineData("delete_contact", "deleted", "contact", "51800711", false)]
    [InlineData("add_customer", "created", "customer", "900", true)]
    [InlineData("add_task", "created", "task", "2564671", true)]
    [InlineData("update_task_done", "updated", "task", "2564671", true)]
    [InlineData("task_extra_level", "created", "task", "2564671", true)]
    [InlineData("delete_task", "deleted", "task", "2564671", false)]
    [InlineData("add_message", "message_received", "deal", "40215877", true)]
    [InlineData("message_without_top", "message_received", "deal", "40215877", true)]
    [InlineData("message_detached_picture", "message_received", "contact", "51800711", true)]
    [InlineData("add_outgoing_message", "message_sent", "deal", "40215877", true)]
    [InlineData("add_talk", "talk_changed", "deal", "40215877", true)]
    [InlineData("update_talk_closed", "talk_changed", "deal", "40215877", true)]
    [InlineData("add_unsorted", "incoming_lead", "unsorted", "f575b754b0d1", true)]
    [InlineData("accept_unsorted", "incoming_lead_accepted", "unsorted", "f575b754b0d1", false)]
    [InlineData("decline_unsorted", "incoming_lead_declined", "unsorted", "f575b754b0d1", false)]
    [InlineData("dp_status", "stage_changed", "deal", "40215877", false)]
    [InlineData("dp_mail_in", "mail_received", "deal", "40215877", false)]
    [InlineData("widget_dp", "stage_changed", "deal", "40215877", false)]
    [InlineData("catalog_element", "webhook", "webhook", "catalogs/71", false)]
    public void Read_Sample_GivesItsEvent(string sample, string kind, string entityType, string entityId, bool complete)
    {
        var told = Sample(sample);
        Assert.Equal((kind, entityType, entityId, complete), (told.Kind, told.EntityType, told.EntityId, told.Complete));
        Assert.False(told.Sanitized);
    }

    [Fact]
    public void Read_NewLead_NeutralFormIsWhole()
    {
        var told = Sample("add_lead");
        var expected = (JObject)JsonBody.TryParse("""
            {"id":"40215877","name":"Заявка №518","price":45000,"pipeline_id":"8240017","stage_id":"68120450","responsible_id":"9050111",
             "created_by":"9050111","created_at":"2026-07-29T08:00:00Z","updated_at":"2026-07-29T08:00:00Z","tags":["сайт"],
             "cf":{"991201":{"name":"Город","value":"Казань","enum":"551210"},"991207":{"name":"Дата визита","value":"2026-07-30T08:00:00Z"}}}
            """u8.ToArray())!;
        foreach (var property in expected.Properties()) Assert.Equal(property.Value.ToString(), told.Data[property.Name]?.ToString());
        Assert.Equal(expected.Count, told.Data.Count);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1785312000), told.SourceTime);
        Assert.Equal("9050111", told.ActorId);
        Assert.False(told.DedupWithinWindow);
        Assert.Null(told.CausedBy);
    }

    [Fact]
    public void Read_StageHook_TellsTheOldStage()
    {
        Assert.Equal("68120450", (string?)Sample("status_lead").Old["stage_id"]);
        var pipelineHook = Sample("dp_status");
        Assert.Equal(("68120450", "8240017"), ((string?)pipelineHook.Old["stage_id"], (string?)pipelineHook.Old["pipeline_id"]));
        Assert.True(pipelineHook.DedupWithinWindow);
        Assert.Null(pipelineHook.SourceTime);
        Assert.Null(pipelineHook.Data["cf"]);
    }

    [Theory]
    [InlineData("responsible_lead")]
    [InlineData("update_contact_responsible")]
    public void Read_OldResponsible_TellsIt(string sample) => Assert.Equal("9050222", (string?)Sample(sample).Old["responsible_id"]);

    [Fact]
    public void Read_FieldShapes_EachBecomesItsValue()
    {
        var fields = Sample("field_shapes").Data["cf"]!;
        Assert.Equal("abc", fields["1"]!["value"]);
        Assert.Equal("2026-07-29T08:00:00Z", fields["2"]!["value"]);
        Assert.Equal(("X", "123"), ((string?)fields["3"]!["value"], (string?)fields["3"]!["enum"]));
        Assert.Equal("12.01.1980", fields["4"]!["value"]);
        Assert.Equal(["A", "B"], fields["5"]!["value"]!.Values<string>());
        Assert.Equal(["1", "2"], fields["5"]!["enum"]!.Values<string>());
    }

    [Fact]
    public void Read_Contact_PhonesStandOutside() =>
        Assert.Equal(["+79170000000"], Sample("add_contact").Data["phone"]!.Values<string>());

    [Fact]
    public void Read_Company_LinksAreNotAList() =>
        Assert.Equal(["15319601", "40215877"], Sample("add_company").Data["deal_ids"]!.Values<string>());

    [Fact]
    public void Read_CallNote_TellsTheCall()
    {
        var data = Sample("note_call_in").Data;
        Assert.Equal(("+79170000000", 62, "Иван"), ((string?)data["phone"], (int)data["duration_seconds"]!, (string?)data["author_name"]));
    }

    [Fact]
    public void Read_TaskDone_TellsItAndTheOldText()
    {
        var told = Sample("update_task_done");
        Assert.Equal((true, "Позвонить", "2026-07-29T20:59:00Z", "deal"), ((bool)told.Data["done"]!, (string?)told.Old["text"], (string?)told.Data["due"], (string?)told.Data["entity_type"]));
    }

    [Fact]
    public void Read_IncomingLead_CarriesTheDeal()
    {
        Assert.Equal("40215878", (string?)Sample("add_unsorted").Data["lead_id"]);
        Assert.Equal("40215877", (string?)Sample("accept_unsorted").Data["lead_id"]);
    }

    [Fact]
    public void Read_OwnDeal_TellsWhatCausedIt() => Assert.Equal("5f0c1d2e", Sample("own_deal").CausedBy);

    [Fact]
    public void Read_SeveralItems_OneEventEach() =>
        Assert.Equal(["company 3", "deal 1", "deal 2"], Events(Hooks.Sample("two_items")).Select(told => $"{told.EntityType} {told.EntityId}"));

    [Fact]
    public void Read_WidgetAsJson_SameAsForm()
    {
        const string body = """
            {"event":{"type":15,"type_code":"lead_appeared_in_status","data":{"id":40215877,"element_type":2,"status_id":68120454,"pipeline_id":8240017,
            "direction_of_movement":"went_to_trigger"},"time":1785312300},"action":{"settings":{"widget":{"settings":{"rule":"A-17"}}}},"subdomain":"demo","account_id":31700500}
            """;
        var told = Assert.Single(Assert.IsType<HookReading.Events>(Read(Encoding.UTF8.GetBytes(body), "application/json")).Items);
        var form = Sample("widget_dp");
        Assert.Equal(form.DedupKey, told.DedupKey);
        Assert.Equal(form.Data.ToString(), told.Data.ToString());
        Assert.Equal("A-17", (string?)told.Data["widget"]!["rule"]);
    }

    [Fact]
    public void Read_SalesbotRequest_BecomesWebhookOfTheDeal()
    {
        var claims = Convert.ToBase64String("{\"account_id\":31700500,\"entity_id\":40215877,\"entity_type\":2}"u8).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var body = $$"""{"token":"e30.{{claims}}.sig","data":{"score":"{{claims}}"},"return_url":"https://demo.amocrm.ru/api/v4/salesbot/321/continue/123"}""";
        var told = Assert.Single(Assert.IsType<HookReading.Events>(Read(Encoding.UTF8.GetBytes(body), "application/json")).Items);
        Assert.Equal(("webhook", "deal", "40215877"), (told.Kind, told.EntityType, told.EntityId));
        Assert.DoesNotContain("e30.", told.Data.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Copy_SameKeyAndAnotherTimeAnother()
    {
        var lines = Hooks.Sample("update_lead");
        Assert.Equal(Events(lines)[0].DedupKey, Events(lines)[0].DedupKey);
        Assert.NotEqual(Events(lines)[0].DedupKey, Events(lines.Select(line => line.Replace("updated_at]=1785312000", "updated_at]=1785312001", StringComparison.Ordinal)))[0].DedupKey);
    }

    [Fact]
    public void Read_AnotherAccountOrNone_Invalid()
    {
        AssertInvalid(Hooks.Encode(Hooks.Sample("add_lead").Select(line => line.Replace("account[id]=31700500", "account[id]=1", StringComparison.Ordinal))));
        AssertInvalid(Hooks.Encode(Hooks.Sample("add_lead").Where(line => !line.StartsWith("account", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData(20_000 - 4, true)]
    [InlineData(20_001 - 4, false)]
    public void Read_ManyPairs_LimitHolds(int extra, bool accepted)
    {
        string[] lines = ["leads[update][0][id]=1", .. Enumerable.Range(0, extra).Select(i => $"leads[update][0][x{i}]=1"), "account[id]=31700500", "account[subdomain]=demo", "account[_links][self]=x"];
        if (accepted) Assert.Single(Events(lines));
        else AssertInvalid(Hooks.Encode(lines));
    }

    [Theory]
    [InlineData("leads[update][1000][id]=1")]
    [InlineData("leads[update][0][custom_fields][1000][id]=1")]
    [InlineData("leads[update][0][a][b][c][d][e][f][g][h][i]=1")]
    public void Read_OverTheLimits_Invalid(string line) => AssertInvalid(Hooks.Encode(["leads[update][0][id]=a", line, "account[id]=31700500"]));

    [Fact]
    public void Read_EndlessId_Invalid() => AssertInvalid(Hooks.Encode([$"leads[add][0][id]={new string('1', 201)}", "account[id]=31700500"]));

    [Fact]
    public void Read_NoItem_Invalid() => AssertInvalid(Hooks.Encode(["nothing=1", "account[id]=31700500"]));

    [Theory]
    [InlineData("%FF%FE")]
    [InlineData("a%00b")]
    [InlineData("%ED%A0%80")]
    public void Read_BrokenText_AcceptedAndCleaned(string wire)
    {
        var told = Assert.Single(Assert.IsType<HookReading.Events>(Read(Encoding.ASCII.GetBytes($"leads[add][0][id]=1&leads[add][0][name]={wire}&account[id]=31700500"))).Items);
        Assert.True(told.Sanitized);
        Assert.Contains('\uFFFD', (string)told.Data["name"]!);
        Assert.DoesNotContain('\0', (string)told.Data["name"]!);
    }

    public static TheoryData<string> Names => [.. Hooks.SampleNames];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_PairsInAnyOrder_SameEvents(string sample)
    {
        var lines = Hooks.Sample(sample);
        var expected = Text(Events(lines));
        for (var seed = 1; seed <= 30; seed++)
        {
            var shuffled = lines.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(expected, Text(Events(shuffled)));
        }

        static string Text(IReadOnlyList<CrmEvent> events) => string.Join('\n', events.Select(told => Newtonsoft.Json.JsonConvert.SerializeObject(told)));
    }

    [Property(MaxTest = 2000)]
    public bool Read_RandomBytes_NeverThrows(byte[] body, bool json) => Read(body, json ? "application/json" : null) is not null;

    private static readonly string[] Pieces =
    [
        "leads", "contacts", "task", "message", "unsorted", "talk", "event", "account", "[add]", "[note]", "[update]", "[0]", "[]", "[", "]", "[id]", "[custom_fields]", "[values]", "[value]",
        "[type]", "[text]", "=", "&", "31700500", "{", "}", "\"", ":", "%", "%F", "+", "[delete]", "uid", "[uid]", "[entity_id]", "[contact_id]", "[note_type]=10", "[data]", "a",
    ];

    [Property(MaxTest = 5000)]
    public bool Read_HalfSensibleText_NeverThrows(byte[] choice) =>
        Read(Encoding.UTF8.GetBytes(string.Concat(choice.Select(index => Pieces[index % Pieces.Length])) + "&account[id]=31700500")) is not null;
}
