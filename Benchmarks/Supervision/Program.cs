using System.CommandLine;
using Supervision;

var options = new Options();
var command = new RootCommand("Measures Stack, supervisord and pm2 side by side, with the same programs, interleaved, and prints a table.");
options.AddTo(command);

// On a thread of its own: Ctrl+C and TERM are heeded only once the action has returned its task.
command.SetAction((parsed, cancellationToken) => Task.Run(() => Benchmark.Run(options.Read(parsed), cancellationToken), CancellationToken.None));
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
