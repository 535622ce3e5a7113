using System.Diagnostics;
using System.Globalization;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.KillHost;

/// <summary>Counts how often the process comes by its kill points, and ends it at the one it was told: as kill -9, without a word.</summary>
public sealed class KillPoints : StepObserver
{
    private readonly Lock gate = new();
    private KillPoint? armed;
    private int left;

    /// <summary>Reads orders, a line each: the name of a point, and how many times it is still passed before it is the last.</summary>
    public void Listen(TextReader orders)
    {
        while (orders.ReadLine() is { } order)
        {
            var words = order.Split(' ');
            lock (gate)
            {
                armed = Enum.Parse<KillPoint>(words[0]);
                left = int.Parse(words[1], CultureInfo.InvariantCulture);
            }
        }
    }

    public void Install(IServiceCollection services)
    {
        services.AddSingleton<StepObserver>(this);
        // No scene runs a script, and workers for them would cost each life as much as the server.
        services.Configure<ScriptOptions>(scripts => scripts.WorkerPath = "/no-worker");
        var store = services.Last(service => service.ServiceType == typeof(IEngineStore));
        services.Remove(store);
        services.AddSingleton<IEngineStore>(provider => new KillingStore(
            (IEngineStore)(store.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, store.ImplementationType!)), this));
    }

    public void Pass(KillPoint point)
    {
        lock (gate)
        {
            if (armed != point || --left >= 0) return;
            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.CurrentThread.Join(); // nothing goes on between the signal and the end
        }
    }

    public override void BeforeCommit(StepCommit step) => Pass(KillPoint.BeforeCommit);

    public override void AfterCommit(StepCommit step, bool committed) => Pass(KillPoint.AfterCommit);

    public override void AfterSend(EffectRow effect) => Pass(KillPoint.AfterSend);
}
