using Stack.Cli;

return await StackCommand.RunAsync(args, CliHost.OfThisProcess());
