using Automation.Server.CommandLine;
using Automation.Server.Serve;

// Without a verb: the product with its sandbox, as ./run.sh does.
return await Commands.Build(ServeCommand.RunAsync).Parse(args.Length == 0 ? ["serve", "--sandbox"] : args).InvokeAsync();
