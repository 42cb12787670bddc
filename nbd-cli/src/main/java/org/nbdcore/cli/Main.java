package org.nbdcore.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.FileNames;

/** The entry point of the launcher. */
public final class Main {

  private Main() {}

  /** Runs the command line and exits with its status. */
  public static void main(String[] arguments) {
    skipSelectorSearch();
    // Do not use lambdas before --version and similar options are handled: the first one takes 20
    // ms.
    String home = System.getProperty("nbdcore.home");
    if (home != null) {
      useUnpackedJna(Path.of(home));
    }
    Cli cli =
        new Cli(
            System.getProperty("nbdcore.program", "nbd-core"),
            home == null ? Optional.empty() : Optional.of(Path.of(home)),
            System.getenv(),
            System.out,
            System.err);
    Commands.install(new CallerEnvironment());
    int status = cli.run(FileNames.arguments(arguments));
    Background.reportExit(status);
    StartupCache.checkIfVerified();
    if (status != 0 || Thread.activeCount() > 1) {
      System.exit(status); // which loads the JDK's logging
    }
  }

  /**
   * With the first channel, the JDK searches every jar of the class path for another implementation
   * of selectors. Opening all jars would double the start time. So this names the default
   * implementation, if it is the expected one.
   */
  @SuppressWarnings("ReturnValueIgnored") // it is enough that the constructor is there
  private static void skipSelectorSearch() {
    String key = "java.nio.channels.spi.SelectorProvider";
    if (System.getProperty(key) == null) {
      try {
        String usual = "sun.nio.ch.EPollSelectorProvider";
        Class.forName(usual, false, null).getConstructor();
        System.setProperty(key, usual);
      } catch (ReflectiveOperationException e) {
        // another system or JDK, which searches
      }
    }
  }

  /** Without this JNA unpacks its library into a temporary file at each start. */
  static void useUnpackedJna(Path home) {
    String cpu =
        switch (System.getProperty("os.arch")) {
          case "amd64" -> "x86-64";
          case "aarch64" -> "aarch64";
          default -> "none";
        };
    File folder = home.resolve("lib/native/linux-" + cpu).toFile();
    if (folder.isDirectory()) {
      System.setProperty("jna.boot.library.path", folder.getPath());
      // Without that file, it need not create a folder for it in the user's home.
      System.setProperty("jna.nounpack", "true");
    }
    // Without this setting JNA runs ldconfig to find libraries, but we load them by their paths.
    if (System.getProperty("jna.platform.library.path") == null) {
      String multiarch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : cpu;
      System.setProperty(
          "jna.platform.library.path",
          "/lib/"
              + multiarch
              + "-linux-gnu:/usr/lib/"
              + multiarch
              + "-linux-gnu:/lib64:/usr/lib64"
              + ":/lib:/usr/lib");
    }
  }
}
