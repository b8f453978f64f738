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

        var ticket = new Ticket(budget, store);
        ticket.Hold(1024);
        return ticket;
    }

    /// <summary>One request's share of the memory; what it still holds when it is disposed is given back.</summary>
    internal sealed class Ticket(QueueBudget budget, TelemetryStore store) : IDisposable
    {
        private long _bytes;

        public void HoldForParsing(long bytes) => Hold(Math.Max(0, (bytes * ParseWeight) - _bytes));

        public void Hold(long bytes)
        {
            if (!budget.TryTake(0, bytes))
            {
                throw Busy();
            }

            _bytes += bytes;
        }

        /// <summary>Exchanges what the request held for what its rows take, hands them to the writer, and waits until they are committed: what is acknowledged is not lost by a crash.</summary>
        /// <exception cref="IngestException">There is no room, or the writer is held up.</exception>
        public async Task SubmitAsync(TelemetryBatch batch, CancellationToken ct)
        {
            if (batch.Count > budget.MaxRecords || batch.Bytes > budget.MaxBytes)
            {
                throw new IngestException(
                    Refusal.TooLarge, $"{batch.Count} records in one request are more than the dashboard can take at once ({budget.MaxRecords}). Send smaller batches.");
            }

            Dispose();
            if (batch.Count == 0)
            {
                return;
            }

            if (!budget.TryTake(batch.Count, batch.Bytes))
            {
                throw Busy();
            }

            store.Add(batch);
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
            budget.Give(0, _bytes);
            _bytes = 0;
        }
    }

    private static IngestException Busy() => new(Refusal.Busy, "The dashboard's queue is full. Send it again.");
}
