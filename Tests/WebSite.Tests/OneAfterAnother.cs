// Each class starts several processes of the site: side by side they would only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
