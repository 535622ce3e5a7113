using Automation.KillHost;
using Automation.Server.CommandLine;
using Automation.Server.Serve;

// The real server, verbs and all; a line on its input ("AfterCommit 7") says where it is to die.
var points = new KillPoints();
new Thread(() => points.Listen(Console.In)) { IsBackground = true }.Start();
return await Commands.Build((options, stop) => ServeCommand.RunAsync(options, stop, points.Install)).Parse(args).InvokeAsync();
