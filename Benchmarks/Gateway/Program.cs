using System.CommandLine;
using Gateway;

var options = new Options();
var command = new RootCommand("Measures ways to the same site side by side, interleaved: Stack's Nginx, a classic one, HAProxy, none. Prints tables.");
options.AddTo(command);

// On a thread of its own: Ctrl+C and TERM are heeded only once the action has returned its task.
command.SetAction((parsed, cancellationToken) => Task.Run(() => Benchmark.Run(options.Read(parsed), cancellationToken), CancellationToken.None));
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
