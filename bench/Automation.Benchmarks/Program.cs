using Automation.Benchmarks;

// ./bench.sh [NAME…] [--short] — each benchmark prints a table, writes bench/results/NAME.json and ends with one line "NAME: key=value …".
var all = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["accept"] = AcceptBenchmark.RunAsync,
    ["run"] = () => RunBenchmark.RunAsync(args.Contains("--short")),
    ["run-pure"] = RunBenchmark.PureAsync,
    ["script"] = RunBenchmark.ScriptAsync,
    ["timers"] = () => TimersBenchmark.RunAsync(args.Contains("--large")),
    ["conditions"] = ConditionBenchmark.RunAsync,
    ["start-up"] = StartUpBenchmark.RunAsync,
    ["journal"] = () => JournalBenchmark.RunAsync(args.Contains("--large")),
    ["cluster"] = ClusterBenchmark.RunAsync,
    ["memory"] = MemoryBenchmark.RunAsync,
    ["studio"] = StudioBenchmark.RunAsync,
    ["board"] = BoardBenchmark.RunAsync,
};
var names = args.Where(argument => !argument.StartsWith('-')).ToList();
foreach (var name in names.Where(name => !all.ContainsKey(name)))
{
    Console.Error.WriteLine($"There is no benchmark '{name}': {string.Join(", ", all.Keys)}.");
    return 2;
}

foreach (var name in names.Count == 0 ? all.Keys : (IEnumerable<string>)names) await all[name]();
return 0;
