// As many as there are collections: of those that use the product's ports one waits for the other, and takes no place from the boxes meanwhile.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace EndToEnd;

/// <summary>The product's ports belong to one stack at a time: the collections that use them take turns. Beside them run those whose machine is a box.</summary>
public sealed class ProductPorts : IAsyncLifetime
{
    private static readonly SemaphoreSlim Free = new(1, 1);

    private Turn? _turn;

    internal static async Task<Turn> TakeTurnAsync()
    {
        await Free.WaitAsync();
        return new Turn();
    }

    public async ValueTask InitializeAsync() => _turn = await TakeTurnAsync();

    public ValueTask DisposeAsync()
    {
        _turn?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends once, however often it is told to.</summary>
    internal sealed class Turn : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Free.Release();
            }
        }
    }
}

/// <summary>Tests that start and stop stacks on the product's real ports: one after another.</summary>
[CollectionDefinition("product ports")]
public sealed class OwnStacks : ICollectionFixture<ProductPorts>;

/// <summary>Tests of one stack that runs for all of them.</summary>
[CollectionDefinition("running stack")]
public sealed class SharedStack : ICollectionFixture<RunningStack>;

/// <summary>
/// Tests in network namespaces of their own, which need no port of the machine: one after another, beside the others. What they publish is up to date already, as './stack test' has built it:
/// a source that is edited meanwhile would be built below a stack that runs.
/// </summary>
[CollectionDefinition("boxes")]
public sealed class Boxes;
