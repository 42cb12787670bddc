package org.nbdcore.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.nbdcore.chain.Providers;
import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.ConfigErrors;
import org.nbdcore.cli.config.ExportSettings;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.server.ServerExport;
import org.nbdcore.spi.ConfigException;

/**
 * {@code --check}: reports every error of a configuration file, and otherwise what it serves. No
 * chain is started, and no value is shown.
 *
 * @param out receives the summary
 * @param program the name under which it was started
 * @param environment the variables of the process
 */
record ConfigCheck(PrintStream out, String program, Map<String, String> environment) {

  /** The TLS settings, which can only be checked together. */
  private static final List<CommandLineOption> TLS =
      List.of(
          CommandLineOption.TLS_CERTIFICATES,
          CommandLineOption.TLS_PSK,
          CommandLineOption.TLS_PRIORITY,
          CommandLineOption.TLS_VERIFY_PEER,
          CommandLineOption.TLS);

  /**
   * Checks.
   *
   * @return the exit status, which is 0
   * @throws ConfigException with every error
   */
  int run(CommandLine line, Providers providers, Consumer<String> warnings) throws ConfigException {
    if (line.plugin().isPresent()) {
      throw new ConfigException("--check checks the file of --config, without a plugin");
    }
    Settings settings = Settings.read(line.last(CommandLineOption.CONFIG), environment);
    String file =
        settings.file().orElseThrow(() -> new ConfigException("--check needs --config=FILE"));
    ConfigErrors errors = settings.errors();
    ServerSettings server = new ServerSettings(line, settings, new ProgramVersion(program));
    checkServer(line, settings, server);
    List<ExportBuilder.Built> built = new ArrayList<>();
    if (!settings.exports().isEmpty()) {
      ExportBuilder builder =
          new ConfiguredExports(line, providers, environment, settings, server).builder(Trace.NONE);
      for (ExportSettings export : settings.exports()) {
        builder
            .build(export, errors, reason -> errors.add(export.line(), reason))
            .ifPresent(built::add);
      }
      built.forEach(ExportBuilder.Built::close);
      checkDefault(settings);
    }
    errors.throwIfAny();
    SecretFile.warning(file, built).ifPresent(warnings);
    print(file, built);
    return 0;
  }

  /** Checks combinations of settings. */
  private static void checkServer(CommandLine line, Settings settings, ServerSettings server) {
    if (settings.errors().count() > 0) {
      return; // a setting that is wrong on its own would be reported twice
    }
    try {
      server.serverOptions(List.of(), Optional.empty());
    } catch (ConfigException | IOException e) {
      settings.errors().add(firstLine(settings, TLS), e.getMessage());
    }
    if (server.all(CommandLineOption.UNIX).contains("-")) {
      return; // missing, but the server would create it
    }
    try {
      Endpoints.of(line, server, "").close();
    } catch (ConfigException | IOException e) {
      settings
          .errors()
          .add(
              firstLine(
                  settings,
                  List.of(
                      CommandLineOption.IP_ADDRESS,
                      CommandLineOption.UNIX,
                      CommandLineOption.PORT)),
              e.getMessage());
    }
  }

  private static int firstLine(Settings settings, List<CommandLineOption> options) {
    return options.stream()
        .mapToInt(option -> settings.line(option.names().get(0)))
        .filter(number -> number > 0)
        .findFirst()
        .orElse(0);
  }

  private static void checkDefault(Settings settings) {
    String name = settings.find("default-export").orElse("");
    boolean served =
        settings.exports().stream()
            .anyMatch(
                export ->
                    export.name().equals(name) || export.name().equals(ServerExport.WILDCARD));
    if (!name.isEmpty() && !served) {
      settings
          .errors()
          .add(
              settings.line("default-export"),
              "default-export must be the name of an export, not '" + name + "'");
    }
  }

  private void print(String file, List<ExportBuilder.Built> exports) {
    out.println(
        file
            + ": no errors; "
            + (exports.isEmpty() ? "settings of the server only" : exports.size() + " exports"));
    for (ExportBuilder.Built built : exports) {
      ServerExport export = built.export();
      List<String> facts = new ArrayList<>(List.of(built.layers()));
      if (export.readOnly()) {
        facts.add("read-only");
      }
      if (export.lazy()) {
        facts.add("on demand");
      }
      String name = export.name().isEmpty() ? "(the export without a name)" : export.name();
      out.println("  " + name + ": " + String.join(", ", facts));
    }
  }
}
