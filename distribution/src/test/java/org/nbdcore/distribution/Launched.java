package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The result of a command of the distribution.
 *
 * @param status its exit status
 * @param out its standard output
 * @param err its standard error
 */
record Launched(int status, String out, String err) {

  /** The unpacked distribution. */
  static final Path HOME = Path.of(System.getProperty("nbdcore.distribution"));

  private static final int TIMEOUT_SECONDS = 60;

  /** Runs {@code bin/nbd-core} in a folder and waits for it. */
  static Launched nbdCore(Path folder, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process =
        start(folder, environment, arguments)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    Launched launched =
        new Launched(process.exitValue(), Files.readString(out), Files.readString(err));
    Files.delete(out);
    Files.delete(err);
    return launched;
  }

  /** Prepares {@code bin/nbd-core} on the Java that runs this test, without a start-up cache. */
  static ProcessBuilder start(Path folder, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(HOME.resolve("bin/nbd-core").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("NBD_CORE_CACHE", "off");
    builder.environment().put("NBD_CORE_JAVA", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder;
  }
}
