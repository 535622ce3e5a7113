using MudBlazor;

namespace Automation.Designer.Layout;

/// <summary>Colours and type of the site. Text has at least 4.5:1 on its ground in both themes; a test computes it.</summary>
public static class SiteTheme
{
    private static readonly string[] Fonts = ["system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"];

    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#2456c9",
            PrimaryContrastText = "#ffffff",
            Secondary = "#5b4bb5",
            Tertiary = "#0f6b6b",
            Success = "#1a7f4b",
            Info = "#1f5fbf",
            Warning = "#8a5a00",
            Error = "#b3261e",
            Background = "#f4f6f9",
            BackgroundGray = "#eaeef3",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#17202b",
            DrawerBackground = "#ffffff",
            TextPrimary = "#17202b",
            TextSecondary = "#566372",
            TextDisabled = "#6b7684",
            ActionDefault = "#44505e",
            ActionDisabled = "#8993a0",
            LinesDefault = "#dfe5ec",
            LinesInputs = "#8b97a5",
            Divider = "#dfe5ec",
            TableLines = "#dfe5ec",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#8fb1ff",
            PrimaryContrastText = "#0c1524",
            Secondary = "#b9abff",
            Tertiary = "#6fd3d3",
            Success = "#5fd39a",
            Info = "#8fb8ff",
            Warning = "#f0c26a",
            Error = "#ff9a92",
            Background = "#12171e",
            BackgroundGray = "#0e1319",
            Surface = "#1a212b",
            AppbarBackground = "#1a212b",
            AppbarText = "#e7ecf3",
            DrawerBackground = "#1a212b",
            TextPrimary = "#e7ecf3",
            TextSecondary = "#a3b0bf",
            TextDisabled = "#8a97a6",
            ActionDefault = "#c1cbd7",
            ActionDisabled = "#76818f",
            LinesDefault = "#2c3643",
            LinesInputs = "#6b7888",
            Divider = "#2c3643",
            TableLines = "#2c3643",
            ErrorContrastText = "#2a0906",
            SuccessContrastText = "#05230f",
            WarningContrastText = "#2a1b00",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = "0.875rem" },
            H1 = new H1Typography { FontFamily = Fonts, FontSize = "1.25rem", FontWeight = "600" },
            H2 = new H2Typography { FontFamily = Fonts, FontSize = "1.05rem", FontWeight = "600" },
            H6 = new H6Typography { FontFamily = Fonts, FontSize = "1rem", FontWeight = "600" },
            Button = new ButtonTypography { FontFamily = Fonts, TextTransform = "none", FontWeight = "500" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", AppbarHeight = "52px" },
    };
}
