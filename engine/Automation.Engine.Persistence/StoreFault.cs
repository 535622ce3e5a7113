using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence;

/// <summary>What a store throws that cannot be reached, or refuses: the work is not at fault, and waits.</summary>
public static class StoreFault
{
    public static bool Is(Exception exception) =>
        exception is DbException or DbUpdateException or IOException or TimeoutException or CommitUnknownException;
}
