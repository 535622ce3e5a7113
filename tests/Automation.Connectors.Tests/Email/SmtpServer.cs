using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Automation.Connectors.Tests.Email;

/// <summary>A mail server for one test: answers by script, keeps what it took.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task serving;

    public SmtpServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Answer by the command's first word; DATA. stands for the end of the message. Null cuts the line.</summary>
    public Dictionary<string, string?> Answers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Messages { get; } = [];

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await TalkAsync(client);
            }
        }
        catch (Exception failure) when (failure is SocketException or InvalidOperationException or IOException)
        {
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync() is { } line)
        {
            var word = line.Split(' ', ':')[0].ToUpperInvariant();
            if (word == "DATA")
            {
                if (!await ReplyAsync(writer, "DATA", "354 go on")) return;
                var message = new StringBuilder();
                while (await reader.ReadLineAsync() is { } part && part != ".") message.AppendLine(part);
                Messages.Add(message.ToString());
                word = "DATA.";
            }
            if (!await ReplyAsync(writer, word, word switch { "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME", "AUTH" => "235 welcome", "QUIT" => "221 bye", _ => "250 ok" })) return;
            if (word == "QUIT") return;
        }
    }

    private async Task<bool> ReplyAsync(StreamWriter writer, string word, string standard)
    {
        var answer = Answers.GetValueOrDefault(word, standard);
        if (answer is not null) await writer.WriteLineAsync(answer);
        return answer is not null;
    }
}
