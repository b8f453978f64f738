using Aspire.Hosting;

namespace Stack.Hosting.Building;

/// <summary>Lets an AppHost that can't start end with one message and exit code 1, not with a stack trace and an abort.</summary>
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
                    Environment.Exit(1);
                }
            };
        }
    }
}
