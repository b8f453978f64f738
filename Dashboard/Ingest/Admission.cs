using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>Lets a request in only when there is room for it, before its body is read; bounds what all requests together hold in memory.</summary>
internal sealed class Admission(QueueBudget budget, TelemetryStore store)
{
    // A message takes about three times its bytes, with itself, while it is turned into rows.
    private const int ParseWeight = 3;

    // Half of what exporters wait for an answer.
    private static readonly TimeSpan CommitLimit = TimeSpan.FromSeconds(5);

    /// <exception cref="IngestException">The queue is full, or nothing can be stored at the moment.</exception>
    public Ticket Enter()
    {
        // Nearly full is full: what is parsed and then does not fit was work for nothing.
        if (budget.Records > budget.MaxRecords / 16 * 15)
        {
            throw Busy();
        }

        return new Ticket(budget, store);
    }

    /// <summary>One request's share of the memory; what it still holds when it is disposed is given back.</summary>
    internal sealed class Ticket : IDisposable
    {
        private readonly QueueBudget _budget;
        private readonly TelemetryStore _store;
        private long _bytes;
        private bool _isUnderway;

        public Ticket(QueueBudget budget, TelemetryStore store)
        {
            (_budget, _store) = (budget, store);
            Hold(1024);
            budget.Enter();
            _isUnderway = true;
        }

        public void HoldForParsing(long bytes) => Hold(Math.Max(0, (bytes * ParseWeight) - _bytes));

        public void Hold(long bytes)
        {
            if (!_budget.TryTake(0, bytes))
            {
                throw Busy();
            }

            _bytes += bytes;
        }

        /// <summary>Exchanges what the request held for what its rows take, hands them to the writer, and waits until they are committed: what is acknowledged is not lost by a crash.</summary>
        /// <exception cref="IngestException">There is no room, or the writer is held up.</exception>
        public async Task SubmitAsync(TelemetryBatch batch, CancellationToken ct)
        {
            if (batch.Count > _budget.MaxRecords || batch.Bytes > _budget.MaxBytes)
            {
                throw new IngestException(
                    Refusal.TooLarge, $"{batch.Count} records in one request are more than the dashboard can take at once ({_budget.MaxRecords}). Send smaller batches.");
            }

            Dispose();
            if (batch.Count == 0)
            {
                return;
            }

            if (!_budget.TryTake(batch.Count, batch.Bytes))
            {
                throw Busy();
            }

            _store.Add(batch);
            try
            {
                await batch.Settled.WaitAsync(CommitLimit, ct);
            }
            catch (TimeoutException)
            {
                throw Busy();
            }
        }

        public void Dispose()
        {
            _budget.Give(0, _bytes);
            _bytes = 0;
            if (_isUnderway)
            {
                _isUnderway = false;
                _budget.Leave();
            }
        }
    }

    private static IngestException Busy() => new(Refusal.Busy, "The dashboard's queue is full. Send it again.");
}
