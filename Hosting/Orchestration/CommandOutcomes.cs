using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Control;

namespace Stack.Hosting.Orchestration;

/// <summary>A command's end in the words of the AppHost's code, and in those of the control socket.</summary>
internal static class CommandOutcomes
{
    public static ExecuteCommandResult ToResult(this CommandOutcome outcome) => new()
    {
        Success = outcome.Succeeded,
        Message = outcome.Succeeded ? outcome.Message : null,
        ErrorMessage = outcome.Succeeded ? null : outcome.Message,
        IsBusy = outcome.End == CommandEnd.Busy,
        InvalidSetting = outcome.Setting,
    };

    public static CommandOutcome ToOutcome(this ExecuteCommandResult result, string command)
    {
        if (result.Success)
        {
            return CommandOutcome.Done(result.Message);
        }

        var message = result.ErrorMessage ?? (result.Canceled ? $"The command '{command}' was called off." : $"The command '{command}' failed; it gave no reason.");
        return result switch
        {
            { IsBusy: true } => CommandOutcome.Busy(message),
            { InvalidSetting: { } setting } => CommandOutcome.Invalid(setting, message),
            _ => CommandOutcome.Failed(message),
        };
    }
}
