package org.nbdcore.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.nbdcore.chain.PluginFolders;
import org.nbdcore.chain.Providers;
import org.nbdcore.cli.config.ConfigErrors;
import org.nbdcore.cli.config.ParameterRouter;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.cli.log.LogFormat;
import org.nbdcore.cli.log.StartMessages;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.metrics.top.Top;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.RestartRequiredException;

/**
 * The program: parses the command line, handles options such as {@code --help}, and otherwise runs
 * the server.
 *
 * @param program the name under which it was started, for messages
 * @param home the folder of the distribution, if it runs from one
 * @param environment the process's variables
 * @param out receives the output
 * @param err receives errors
 */
record Cli(
    String program,
    Optional<Path> home,
    Map<String, String> environment,
    PrintStream out,
    PrintStream err) {

  private static final int FAILURE = 1;

  /** Runs one command and returns the exit status. */
  int run(List<String> arguments) {
    boolean trace = false;
    StartMessages messages = new StartMessages(err, program, LogFormat.TEXT, environment);
    if (!arguments.isEmpty() && arguments.get(0).equals("top")) {
      return new Top(program, out, err).run(arguments.subList(1, arguments.size()));
    }
    try {
      CommandLine line = CommandLine.parse(arguments);
      trace = line.has(CommandLineOption.VERBOSE);
      String shown = shown(line);
      messages = new StartMessages(err, shown, logFormat(line), environment);
      return run(line, shown, messages);
    } catch (ConfigException | IOException e) {
      return fail(messages, ExceptionText.of(e), e, trace);
    } catch (RuntimeException | Error e) {
      String message = "internal error: " + ExceptionText.of(e) + " (-v shows where)";
      return fail(messages, message, e, trace);
    }
  }

  private static int fail(
      StartMessages messages, String message, Throwable failure, boolean trace) {
    List<String> several = ConfigErrors.messages(failure);
    for (int i = 0; i < several.size() - 1; i++) {
      messages.error(several.get(i), failure, false);
    }
    String last = several.isEmpty() ? message : several.get(several.size() - 1);
    messages.error(last, failure, trace);
    return FAILURE;
  }

  /** The form of messages before a file is read: of the command line or the environment. */
  private LogFormat logFormat(CommandLine line) throws ConfigException {
    String set = environment.getOrDefault("NBD_CORE_LOG_FORMAT", "text");
    return LogFormat.parse(line.last(CommandLineOption.LOG_FORMAT).orElse(set));
  }

  /** Prefix of each message: {@code nbdkit[in]} with {@code --name=in}. */
  private String shown(CommandLine line) throws ConfigException {
    Optional<String> name = line.last(CommandLineOption.NAME);
    if (name.isEmpty()) {
      return program;
    }
    for (int i = 0; i < name.get().length(); i++) {
      if (Character.isISOControl(name.get().charAt(i))) {
        throw new ConfigException("--name must be one line of text, without control characters");
      }
    }
    return program + "[" + name.get() + "]";
  }

  private int run(CommandLine line, String shown, StartMessages messages)
      throws ConfigException, IOException {
    Optional<NewProject> project = NewProject.of(line, out);
    if (project.isPresent() && !line.has(CommandLineOption.HELP)) {
      project.get().create(line.words(), program, new Providers(List.of(), warning -> {}));
      return 0;
    }
    List<String> searchPaths = new ArrayList<>(line.all(CommandLineOption.PLUGIN_PATH));
    searchPaths.add(environment.getOrDefault("NBD_CORE_PLUGIN_PATH", ""));
    List<Path> folders = PluginFolders.of(home, searchPaths);
    if (answeredWithoutPlugin(line, folders)) {
      return 0;
    }
    Consumer<String> warnings = messages::warning;
    Providers providers = new Providers(folders, warnings);
    try {
      boolean layers = line.plugin().isPresent() && project.isEmpty();
      if (line.has(CommandLineOption.HELP)
          && !layers
          && line.all(CommandLineOption.FILTER).isEmpty()) {
        new Help(out, program).program(providers);
        return 0;
      }
      if (line.has(CommandLineOption.LIST)) {
        new Listing(out, new ProgramVersion(program), home).print(providers);
        return 0;
      }
      if (line.has(CommandLineOption.CHECK)) {
        return new ConfigCheck(out, program, environment).run(line, providers, warnings);
      }
      boolean information = line.has(CommandLineOption.HELP) || line.has(CommandLineOption.VERSION);
      if (!layers && !information && !line.has(CommandLineOption.DUMP_PLUGIN)) {
        Settings loaded = Settings.load(line.last(CommandLineOption.CONFIG), environment);
        if (!loaded.exports().isEmpty()) {
          return serve(line, shown, loaded, providers);
        }
      }
      Layers found = Layers.find(line, providers);
      if (line.has(CommandLineOption.HELP)) {
        new Help(out, program).layers(found);
        return 0;
      }
      if (line.has(CommandLineOption.VERSION)) {
        probe().version(found);
        return 0;
      }
      if (line.has(CommandLineOption.DUMP_PLUGIN) && line.has(CommandLineOption.SINGLE)) {
        throw new ConfigException("--dump-plugin and --single cannot be used together");
      }
      ParameterRouter router = found.route(line, warnings);
      if (line.has(CommandLineOption.DUMP_PLUGIN)) {
        return probe().plugin(found, router);
      }
      return serve(line, shown, found, router);
    } finally {
      ServerRun.close(providers);
    }
  }

  /** Serves the plugin of the command line. */
  private int serve(CommandLine line, String shown, Layers layers, ParameterRouter router)
      throws ConfigException, IOException {
    Settings loaded = Settings.load(line.last(CommandLineOption.CONFIG), environment);
    if (!loaded.exports().isEmpty()) {
      throw new ConfigException(
          loaded.file().orElseThrow()
              + " has exports, so the command line must not name a plugin ("
              + line.plugin().orElseThrow()
              + ")");
    }
    return serve(line, shown, settings(line, loaded), new SingleDisk(layers, router));
  }

  /** Serves the exports of a file. */
  private int serve(CommandLine line, String shown, Settings loaded, Providers providers)
      throws ConfigException, IOException {
    if (line.has(CommandLineOption.FILTER)) {
      throw new ConfigException(
          "--filter needs a plugin; write filter=NAME for an export of "
              + loaded.file().orElseThrow());
    }
    ServerSettings settings = settings(line, loaded);
    ServerContent exports = new ConfiguredExports(line, providers, environment, loaded, settings);
    return serve(line, shown, settings, exports);
  }

  private int serve(CommandLine line, String shown, ServerSettings settings, ServerContent content)
      throws ConfigException, IOException {
    if (line.has(CommandLineOption.SINGLE)) {
      System.setIn(new SingleModeInput());
    }
    ServerRun serving = new ServerRun(program, shown, out, line, settings, environment);
    try {
      return serving.run(content);
    } catch (IOException e) {
      RestartRequiredException demand = Restart.demandedBy(e);
      if (demand != null) {
        Restart.now(demand, content.label(), environment);
      }
      throw e;
    }
  }

  private ServerSettings settings(CommandLine line, Settings loaded) {
    return new ServerSettings(line, loaded, new ProgramVersion(program));
  }

  private boolean answeredWithoutPlugin(CommandLine line, List<Path> folders)
      throws ConfigException {
    if (line.has(CommandLineOption.LONG_OPTIONS)) {
      for (CommandLineOption option : CommandLineOption.values()) {
        for (String name : option.names()) {
          out.println("--" + name);
        }
      }
    } else if (line.has(CommandLineOption.SHORT_OPTIONS)) {
      for (CommandLineOption option : CommandLineOption.values()) {
        if (option.letter() != 0) {
          out.println("-" + option.letter());
        }
      }
    } else if (line.has(CommandLineOption.DUMP_CONFIG)) {
      Settings loaded = Settings.load(line.last(CommandLineOption.CONFIG), environment);
      boolean extended = settings(line, loaded).extendedHeaders();
      probe().config(home, folders, extended);
    } else if (line.has(CommandLineOption.VERSION)
        && !line.has(CommandLineOption.HELP)
        && line.plugin().isEmpty()
        && line.all(CommandLineOption.FILTER).isEmpty()) {
      probe().version();
    } else {
      return false;
    }
    return true;
  }

  private Probe probe() {
    return new Probe(out, err, program);
  }
}
