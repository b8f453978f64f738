using System.CommandLine;
using Supervision;

var options = new Options();
var command = new RootCommand("Measures Stack, supervisord and pm2 side by side, with the same programs, interleaved, and prints a table.");
options.AddTo(command);
command.SetAction((parsed, cancellationToken) => Task.FromResult(Benchmark.Run(options.Read(parsed), cancellationToken)));
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
