package org.nbdcore.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.chain.Providers;
import org.nbdcore.cli.config.ParameterRouter;
import org.nbdcore.cli.config.Settings;
import org.nbdcore.server.tls.TlsPriority;
import org.nbdcore.spi.ConfigException;

/**
 * A target for Jazzer: the words of a command line, one a line. It parses them, but starts nothing,
 * opens no file and looks up no name. Any mistake must result in a message, not in a failure.
 */
public final class CommandLineFuzz {

  private static final Providers PROVIDERS = new Providers(List.of(), warning -> {});

  private CommandLineFuzz() {}

  /** Called by Jazzer, and by CommandLineCorpusTest with the inputs that Jazzer found. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    String text = new String(data, StandardCharsets.UTF_8);
    try {
      CommandLine line = CommandLine.parse(List.of(text.split("\n", -1)));
      read(line, text.contains("password"));
    } catch (ConfigException e) {
      if (e.getMessage() == null || e.getMessage().isBlank()) {
        throw new IllegalStateException("a refusal without a word", e);
      }
    }
  }

  private static void read(CommandLine line, boolean asksForPassword)
      throws ConfigException, IOException {
    Optional<String> priority = line.last(CommandLineOption.TLS_PRIORITY);
    if (priority.isPresent()) {
      TlsPriority.parse(priority.get());
    }
    Layers layers = Layers.find(line, PROVIDERS);
    ParameterRouter router = layers.route(line, warning -> {});
    if (line.has(CommandLineOption.HELP)) {
      PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, "UTF-8");
      new Help(nowhere, "nbd-core").layers(layers);
    }
    if (!asksForPassword) {
      router.plugin();
    }
    boolean elsewhere =
        line.has(CommandLineOption.SINGLE)
            || line.has(CommandLineOption.TLS)
            || line.has(CommandLineOption.TLS_PSK)
            || line.has(CommandLineOption.TLS_CERTIFICATES)
            || line.has(CommandLineOption.TLS_VERIFY_PEER);
    if (!elsewhere) {
      Settings settings = Settings.load(Optional.empty(), Map.of());
      new ServerSettings(line, settings, new ProgramVersion("nbd-core"))
          .serverOptions(List.of(), Optional.empty());
    }
  }
}
