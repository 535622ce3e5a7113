using System.CommandLine;
using Automation.Server.CommandLine;
using Automation.Server.Serve;

// A server that is told to stop hands back its work first (R16); the command line alone would end it after two seconds.
var patient = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
// Without a verb: the product with its sandbox, as ./run.sh does.
return await Commands.Build((options, stop) => ServeCommand.RunAsync(options, stop)).Parse(args.Length == 0 ? ["serve", "--sandbox"] : args).InvokeAsync(patient);
