using System.CommandLine;
using Telemetry;

var options = new Options();
var command = new RootCommand("Measures the dashboard: taking telemetry on each protocol, answering questions about much of it, memory, start-up, and what telemetry costs a site. Prints tables.");
options.AddTo(command);

// On a thread of its own: Ctrl+C and TERM are heeded only once the action has returned its task.
command.SetAction((parsed, cancellationToken) => Task.Run(() => Benchmark.Run(options.Read(parsed), cancellationToken), CancellationToken.None));
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
