using System.Diagnostics;
using System.Runtime.InteropServices;
using Actor;

var part = args.Length > 0 ? args[0] : "";
switch (part)
{
    case "serve": // port [milliseconds until it answers 200]
        await HttpServer.RunAsync(int.Parse(args[1]), args.Length > 2 ? int.Parse(args[2]) : 0);
        return 0;

    case "site": // as a replica: the port is in PORT
        await HttpServer.RunAsync(int.Parse(Environment.GetEnvironmentVariable("PORT")!), 0);
        return 0;

    case "release": // a version of a site: says which one from version.txt in its working directory; with a file 'broken' there it does not start
        return await PublishedVersion.RunAsync();

    case "prepare": // the job of such a version
        return await PublishedVersion.PrepareAsync();

    case "apphost": // settings of the AppHost
        return await Actor.SmallAppHost.RunAsync(args[1..]);

    case "kestrel": // port [folder for the record of what it executes]
        await KestrelSite.RunAsync(int.Parse(args[1]), args.Length > 2 ? args[2] : null);
        return 0;

    case "hang":
        Console.WriteLine("hanging");
        await Forever();
        return 0;

    case "lifeline": // ends when its input does
        Console.WriteLine("holding on");
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        return 0;

    case "ignore-term":
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true))
        {
            Console.WriteLine("ignoring TERM");
            await Forever();
        }

        return 0;

    case "exit": // code [text]
        Console.WriteLine(args.Length > 2 ? args[2] : "leaving");
        return int.Parse(args[1]);

    case "abort": // text
        Console.Error.WriteLine(args[1]);
        Environment.FailFast("aborted as asked");
        return 0;

    case "fork": // grandchild in the same group
        Console.WriteLine($"grandchild {Child("hang")}");
        await Forever();
        return 0;

    case "fork-away": // grandchild in a session of its own
        Console.WriteLine($"grandchild {Child("hang-away")}");
        await Forever();
        return 0;

    case "hang-away":
        Native.SetSession();
        Console.WriteLine($"away {Environment.ProcessId}");
        await Forever();
        return 0;

    case "env": // folder: writes its environment there, under its own name
        var file = Path.Combine(args[1], $"{Environment.GetEnvironmentVariable("STACK_INSTANCE")}.env");
        await File.WriteAllLinesAsync($"{file}.new", Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(v => $"{v.Key}={v.Value}"));
        File.Move($"{file}.new", file);
        await Forever();
        return 0;

    case "launch":
        return await Testing.MiniLaunch.RunAsync(args[1..]);

    case "flood": // lines, bytes of each [lines after which it pauses for a millisecond]
        await LogOutput.FloodAsync(long.Parse(args[1]), int.Parse(args[2]), args.Length > 3 ? int.Parse(args[3]) : 0, CancellationToken.None);
        return 0;

    case "in-turn": // lines, on standard output and standard error in turn
        LogOutput.InTurn(int.Parse(args[1]));
        return 0;

    case "serve-flood": // port: serves, and writes lines without end
        using (var stop = new CancellationTokenSource())
        {
            var flood = LogOutput.FloodAsync(0, 200, 50, stop.Token);
            await HttpServer.RunAsync(int.Parse(args[1]), 0);
            await stop.CancelAsync();
            await flood;
        }

        return 0;

    case "rotate": // folder, log, length from which on it is rotated
        Testing.RotatingHost.Run(args[1..]);
        return 0;

    case "supervise":
        return await Testing.MiniHost.RunAsync(args[1..]);

    case "stack":
        Testing.MiniStack.Run(args[1..]);
        return 0;

    default:
        await Console.Error.WriteLineAsync($"Actor can't play '{part}'.");
        return 2;
}

static Task Forever() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);

static int Child(string part) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [part]) { UseShellExecute = false })!.Id;
