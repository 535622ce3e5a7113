using Automation.Engine.ScriptWorker;

// A stack of its own size: the depth a script can reach does not depend on how the process was started.
var worker = new Thread(() => new WorkerLoop(Console.OpenStandardInput(), Console.OpenStandardOutput()).Run(), maxStackSize: 16 * 1024 * 1024);
worker.Start();
worker.Join();
return 0;
