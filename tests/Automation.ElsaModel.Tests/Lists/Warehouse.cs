using Automation.Engine.Accounts;
using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Lists;

public interface IWarehouses
{
    IReadOnlyList<InputOption> Of(AccountId account);
}

public sealed class WarehouseOptions(IWarehouses warehouses) : IInputOptions
{
    public ValueTask<IReadOnlyList<InputOption>> ListAsync(AccountId account, CancellationToken cancellationToken) =>
        ValueTask.FromResult(warehouses.Of(account));
}

[Activity("Shop", "Stock", "Chooses where a parcel goes from."), Deterministic]
public sealed class ShipFrom : CodeActivity<string>
{
    [Input(UIHint = "dropdown", OptionsProvider = typeof(WarehouseOptions))]
    public Input<string> Warehouse { get; set; } = default!;

    [Input(UIHint = "dropdown", Options = new[] { "Letter", "Box" }, DefaultValue = "Box")]
    public Input<string> Packing { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context) => context.SetResult($"{Packing.Get(context)} from {Warehouse.Get(context)}");
}

[Activity("Shop", "Stock")]
public sealed class Misconfigured : CodeActivity
{
    [Input(UIHint = "dropdown", OptionsProvider = typeof(string))]
    public Input<string>? Any { get; set; }
}
