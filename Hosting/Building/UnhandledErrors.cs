using Aspire.Hosting;
using Stack.Hosting.Publishing.Output;

namespace Stack.Hosting.Building;

/// <summary>Lets an AppHost that can't start, or publish, end with one message and an exit code, not with a stack trace and an abort.</summary>
internal static class UnhandledErrors
{
    private static int _done;

    public static void EndWithOneMessage()
    {
        if (Interlocked.Exchange(ref _done, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, e) =>
            {
                if (e.ExceptionObject is DistributedApplicationException error)
                {
                    Console.Error.WriteLine(error.Message);
                    Environment.Exit(ExitCode(error));
                }
            };
        }
    }

    // 1: it failed; 2: the command line is wrong; 3: published files were edited by hand.
    internal static int ExitCode(Exception error) => error switch
    {
        PublishUsageException => 2,
        EditedFilesException => 3,
        { InnerException: { } inner } => ExitCode(inner),
        _ => 1,
    };
}
