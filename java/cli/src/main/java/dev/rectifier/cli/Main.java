package dev.rectifier.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rectifier.NativeLibraryException;
import dev.rectifier.Rectifier;
import dev.rectifier.SettingException;
import dev.rectifier.cli.data.DataException;
import dev.rectifier.cli.quality.QualityCommand;
import dev.rectifier.cli.study.StudyCommand;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code rectifier}: reads the arguments and turns failures into exit codes. */
@Command(
        name = "rectifier",
        description = "Neural-network activation functions and weight initializers.",
        subcommands = {
            InfoCommand.class,
            ListCommand.class,
            ApplyCommand.class,
            InitCommand.class,
            PlotCommand.class,
            StudyCommand.class,
            QualityCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  rectifier list activations",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the data is at fault: a file, its content, or the native library",
            "2:the command line or a setting is at fault",
            "70:Rectifier is at fault"
        })
public final class Main {
    static final int DATA = 1;
    static final int USAGE = 2;
    static final int BUG = 70;

    Main() {}

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param args the command and its arguments
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        int code;
        try {
            code = withReadableOutput(commandLine()).execute(args);
        } catch (OutOfMemoryError e) {
            System.err.println(
                    "rectifier: out of memory: "
                            + e.getMessage()
                            + "; raise it with JAVA_OPTS=-Xmx8g");
            return DATA;
        }
        // No message: most often the reader just had enough, as head has.
        return System.out.checkError() ? DATA : code;
    }

    /**
     * The charset of what is printed. It is UTF-8 where the locale has nothing but ASCII, as in
     * most containers: terminals show it, and a question mark for each sign of the tables helps
     * nobody.
     */
    static Charset outputCharset() {
        Charset charset = Charset.forName(System.getProperty("native.encoding"));
        return charset.equals(US_ASCII) ? UTF_8 : charset;
    }

    private static CommandLine withReadableOutput(CommandLine command) {
        if (outputCharset().equals(UTF_8)) {
            command.setOut(new PrintWriter(System.out, true, UTF_8));
            command.setErr(new PrintWriter(System.err, true, UTF_8));
        }
        return command;
    }

    /** All commands, ready to execute. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::misused)
                .setExecutionExceptionHandler(Main::failed);
    }

    private static int misused(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("rectifier: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return USAGE;
    }

    private static int failed(Exception e, CommandLine command, ParseResult arguments) {
        PrintWriter err = command.getErr();
        if (e instanceof SettingException) {
            err.println("rectifier: " + e.getMessage());
            return USAGE;
        }
        if (e instanceof DataException || e instanceof NativeLibraryException) {
            err.println("rectifier: " + e.getMessage());
            return DATA;
        }
        err.println("rectifier: this is a bug in Rectifier, please report it:");
        e.printStackTrace(err);
        return BUG;
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"rectifier " + Rectifier.version()};
        }
    }
}
