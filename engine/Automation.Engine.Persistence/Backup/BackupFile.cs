namespace Automation.Engine.Persistence.Backup;

/// <summary>A file that appears when it is whole, and until then lies beside it under another name.</summary>
public static class BackupFile
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="write">Gets the name to write to; nothing exists there.</param>
    /// <exception cref="BackupException">The file exists, or cannot be written.</exception>
    public static async Task WriteAsync(string file, Func<string, Task> write)
    {
        if (File.Exists(file)) throw new BackupException($"{file} exists already; name another file.");
        var part = file + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            File.Delete(part);
            // Made first, so that at no moment anybody else can read it.
            await using (Create(part)) { }
            await write(part);
            await using (var whole = new FileStream(part, FileMode.Open, FileAccess.ReadWrite)) whole.Flush(flushToDisk: true);
            File.Move(part, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file} cannot be written: {e.Message}", e);
        }
        finally
        {
            if (File.Exists(part)) File.Delete(part);
        }
    }

    /// <summary>A new file that only its user can read.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mine;
        return new(path, options);
    }
}
