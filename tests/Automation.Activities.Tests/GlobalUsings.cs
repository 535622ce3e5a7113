global using Automation.Activities.Tests.Support;
global using Automation.Engine.Effects;
global using Automation.Engine.Mailboxes;
global using Automation.Engine.Ports;
global using Automation.Engine.Workflows;
global using Newtonsoft.Json.Linq;
global using Xunit;
