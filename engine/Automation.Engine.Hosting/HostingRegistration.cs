using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Hosting.Effects;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Hosting.Messages;
using Automation.Engine.Hosting.Timers;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Connections;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Quartz;

namespace Automation.Engine.Hosting;

/// <summary>How the runtime of one process is set up.</summary>
public sealed record RuntimeOptions
{
    /// <summary>Batches of steps in flight at once. 1 for SQLite, which has one writer; 2 pays on PostgreSQL.</summary>
    public int CommitLoops { get; init; } = 1;

    /// <summary>Most steps in one commit. Default 256.</summary>
    public int MaxBatch { get; init; } = 256;

    /// <summary>Most open runs that idle mailboxes keep in memory. Default 20,000.</summary>
    public int RestingRuns { get; init; } = 20_000;

    /// <summary>Where mailboxes and committers work. Default: the thread pool.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;
}

public static class HostingRegistration
{
    /// <summary>Inbox, mailboxes, effects, timers, recovery. The caller adds a store, expressions, activities and connectors.</summary>
    public static IServiceCollection AddAutomationRuntime(this IServiceCollection services, RuntimeOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RuntimeGate>();
        services.TryAddSingleton<RestorePoint>();
        services.TryAddSingleton(new NodeLease(TimeProvider.System, null));
        services.TryAddSingleton<IProcessDeaths, UncountedDeaths>();
        services.AddSingleton<ClusterDuties>();
        services.AddSingleton<NodeDrain>();
        services.AddSingleton<JournalFeed>();
        services.TryAddSingleton<StepObserver>();
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<CrmDirectoryCache>();
        services.AddSingleton<FunnelCatalog>();
        services.AddSingleton<IFunnelSource>(provider => provider.GetRequiredService<FunnelCatalog>());
        services.AddSingleton<FunnelValidator>();
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<AccountDirectory>());
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<CrmDirectoryCache>());
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<FunnelCatalog>());
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<PortCatalog>());
        services.AddHostedService<ChangeListener>();
        services.AddSingleton<Funnels.Drafts.DraftFeed>();
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<Funnels.Drafts.DraftFeed>());
        services.AddSingleton<FunnelDocuments>();
        services.AddSingleton<Funnels.Drafts.DraftService>();
        services.AddSingleton<FunnelService>();
        services.AddSingleton<ConnectionRemoval>();
        services.AddSingleton<Funnels.Checks.DraftChecks>();
        services.AddSingleton<WorkingCopies>();
        services.AddSingleton<Definitions.CompositeCatalog>();
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<Definitions.CompositeCatalog>());
        services.AddSingleton<Definitions.AccountActivityCatalog>();
        services.AddSingleton<Definitions.TriggerCatalog>();
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<Definitions.TriggerCatalog>());
        services.AddSingleton<Definitions.StimulusSender>();
        services.AddSingleton<Definitions.StepChecks>();
        services.AddSingleton<Definitions.DefinitionService>();
        services.AddSingleton<Definitions.DefinitionReferences>();
        services.AddSingleton<Definitions.ActivityTrial>();
        services.AddSingleton<Mailboxes.RunRemoval>();
        services.AddSingleton<Mailboxes.ImportedRuns>();
        services.AddSingleton<Automation.Engine.Calendars.ICronTimes, Timers.CronTimes>();
        services.AddSingleton<Definitions.WorkflowStarter>();
        services.AddSingleton<Func<Definitions.WorkflowStarter>>(provider => provider.GetRequiredService<Definitions.WorkflowStarter>);
        services.AddSingleton<Failures.FailureLog>();
        services.AddSingleton<Failures.EffectBudget>();
        services.AddSingleton<Failures.RunFold>();
        services.AddSingleton<Failures.RedriveReads>();
        services.AddSingleton<Failures.DeadLetterReads>();
        services.AddSingleton<Failures.RedriveSignal>();
        services.AddSingleton<Failures.RedriveService>();
        services.AddSingleton<Failures.RedriveDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<Failures.RedriveDispatcher>());
        services.AddSingleton<InsideDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<InsideDispatcher>());
        services.AddSingleton<Sweeps.SweepService>();
        services.AddSingleton<Sweeps.SweepDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<Sweeps.SweepDispatcher>());
        services.AddSingleton<Projections.NumbersReader>();
        services.AddHostedService(provider => provider.GetRequiredService<Projections.NumbersReader>());
        services.AddSingleton<Trials.TrialMaker>();
        services.AddSingleton(provider => new Trials.DryRunService(provider.GetRequiredService<Trials.TrialMaker>(), provider.GetRequiredService<IIdSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Trials.BackTestService(
            provider.GetRequiredService<IDbContextFactory<AutomationDbContext>>(), provider.GetRequiredService<Trials.TrialMaker>(), provider.GetRequiredService<FunnelCatalog>(), provider.GetRequiredService<IIdSource>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Trials.BackTestService>>()));
        services.AddSingleton<ReplayService>();
        services.AddSingleton<OwnWriteRegistry>();
        services.AddSingleton<TriggerMatcher>();
        services.AddSingleton<ManagerDirectory>();
        services.AddSingleton<IManagerDirectory>(provider => provider.GetRequiredService<ManagerDirectory>());
        services.AddSingleton<CalendarDirectory>();
        services.AddSingleton<IWorkCalendars>(provider => provider.GetRequiredService<CalendarDirectory>());
        services.AddSingleton<CalendarUses>();
        services.AddSingleton<DeadlineMoves>();
        services.AddSingleton<CalendarService>();
        services.AddSingleton<CalendarWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<CalendarWatch>());
        services.AddSingleton<MessageTemplateUses>();
        services.AddSingleton<MessageTemplateService>();
        services.TryAddSingleton<HostBreakers>();
        services.AddSingleton<EffectHosts>();
        services.AddSingleton<EffectSender>();
        services.AddSingleton<IEffectHandler, PublishEffectHandler>();
        services.AddSingleton<IEffectHandler, FanoutEffectHandler>();
        services.AddSingleton<IEffectHandler, ActivityEffectHandler>();
        services.AddSingleton<IEffectHandler, StartEffectHandler>();
        services.AddSingleton<IEffectHandler, EndedEffectHandler>();
        services.AddSingleton<IEffectHandler, CancelEffectHandler>();
        services.AddSingleton<IEffectHandler, TaskEffectHandler>();
        services.AddSingleton<Func<InboxService>>(provider => provider.GetRequiredService<InboxService>);
        services.AddSingleton<InboxService>();
        services.AddSingleton<MailboxRouter>();
        services.AddSingleton<IOwnWriteNotes>(provider => provider.GetRequiredService<MailboxRouter>());
        services.AddSingleton<StepPlanner>();
        services.AddSingleton(provider => new MailboxShared(
            provider.GetRequiredService<StepPlanner>(), provider.GetRequiredService<IEngineStore>(), provider.GetRequiredService<GroupCommitter<StepCommit, bool>>(),
            provider.GetRequiredService<EffectSender>(), provider.GetRequiredService<EffectHosts>(), provider.GetRequiredService<Failures.EffectBudget>(), provider.GetRequiredService<JournalFeed>(), provider.GetRequiredService<StepObserver>(),
            provider.GetRequiredService<ManagerDirectory>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("Automation.Mailbox"), options.Scheduler, provider.GetRequiredService<NodeLease>(), provider.GetRequiredService<IProcessDeaths>(), new(options.RestingRuns)));
        services.AddSingleton(provider => new MailboxActors(provider.GetRequiredService<MailboxShared>()));
        var grouping = new GroupCommitterOptions { MaxBatch = options.MaxBatch, Loops = options.CommitLoops, Scheduler = options.Scheduler };
        services.AddSingleton(provider => new GroupCommitter<AcceptItem, AcceptResult>(provider.GetRequiredService<IEngineStore>().AcceptAsync, grouping));
        services.AddSingleton(provider => new GroupCommitter<StepCommit, bool>(provider.GetRequiredService<IEngineStore>().CommitAsync, grouping));
        services.AddSingleton<TimerScan>();
        services.AddHostedService<TimerScanLoop>();
        services.AddSingleton<FeedPoller>();
        services.AddHostedService(provider => provider.GetRequiredService<FeedPoller>());
        services.AddHostedService<Recovery>();
        services.AddOptions<RetentionOptions>().BindConfiguration("Automation:Retention").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Retention.RetentionLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<Retention.RetentionLoop>());
        services.AddQuartz(quartz => quartz.ScheduleJob<TimerScanJob>(trigger => trigger.WithIdentity("timer-scan").WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromSeconds(1)).RepeatForever())));
        services.AddQuartzHostedService(quartz => quartz.WaitForJobsToComplete = false);
        return services;
    }

    /// <summary>Orleans for one process: a silo on the given loopback ports, membership in memory.</summary>
    public static void ConfigureLocalSilo(ISiloBuilder silo, int siloPort, int gatewayPort)
    {
        silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: "automation", clusterId: $"local-{siloPort}");
        ConfigureGrains(silo);
    }

    internal static void ConfigureGrains(ISiloBuilder silo) => silo.Configure<GrainCollectionOptions>(collection =>
    {
        collection.CollectionAge = TimeSpan.FromMinutes(3);
        collection.CollectionQuantum = TimeSpan.FromMinutes(1);
    });
}
