// Activity sources and meters are process-wide: sites that run at once would see each other's spans.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
