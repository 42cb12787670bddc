package org.nbdcore.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.nbdcore.chain.Providers;
import org.nbdcore.cli.log.JdkLog;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.system.ProcessCalls;

/**
 * Runs the usual work of the program, so that the JVM can record the loaded classes. The launcher
 * runs it in the background to create the start-up cache. Nothing depends on its success.
 */
public final class StartupTraining {

  private static final int DISK_BYTES = 1 << 20;
  private static final String CLASS = ".class";

  private final Path home;
  private final PrintStream nowhere =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private StartupTraining(Path home) {
    this.home = home;
  }

  /** Runs the training; the property {@code nbdcore.home} names the distribution. */
  public static void main(String[] arguments) throws IOException {
    Path home = Path.of(System.getProperty("nbdcore.home"));
    Main.useUnpackedJna(home);
    Commands.install(new CallerEnvironment());
    Path scratch = Files.createTempDirectory("nbd-core-training");
    try {
      new StartupTraining(home).run(scratch);
    } finally {
      for (String file : List.of("disk-flat.vmdk", "disk.vmdk")) {
        Files.deleteIfExists(scratch.resolve(file));
      }
      Files.delete(scratch);
    }
  }

  private void run(Path scratch) throws IOException {
    Path raw = scratch.resolve("disk-flat.vmdk");
    Files.write(raw, new byte[DISK_BYTES]);
    Path vmdk = scratch.resolve("disk.vmdk");
    Files.writeString(vmdk, descriptor(raw.getFileName().toString()));
    ProcessCalls.getppid(); // loads the classes of the background mode
    load(Background.class.getName() + CLASS, Background.class.getClassLoader());
    load(JdkLog.ToServer.class.getName() + CLASS, JdkLog.class.getClassLoader());
    cli("--version");
    cli("--help");
    serve("memory", "1M");
    serve("memory", "1M", "--filter=blocksize", "minblock=512");
    serve("file", raw.toString());
    serve("vmdk", vmdk.toString());
    serve("vddk", vmdk.toString(), "--filter=blocksize");
    cli("vddk", "--dump-plugin"); // what programs ask before they start a server
    loadAllOf("vddk"); // most of its code runs only if VDDK is installed
  }

  /** Loads all classes of a plugin. */
  private static void loadAllOf(String plugin) throws IOException {
    for (PluginProvider provider : ServiceLoader.load(PluginProvider.class)) {
      Optional<Path> jar = Providers.origin(provider);
      if (provider.name().equals(plugin) && jar.isPresent()) {
        try (JarFile open = new JarFile(jar.get().toFile())) {
          open.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(CLASS) && !name.endsWith("-info" + CLASS))
              .forEach(name -> load(name.replace('/', '.'), provider.getClass().getClassLoader()));
        }
      }
    }
  }

  private static void load(String file, ClassLoader loader) {
    try {
      Class.forName(file.substring(0, file.length() - CLASS.length()), false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      // without these classes, the start only takes a little longer
    }
  }

  /** A disk of VMware's that consists of a text and a raw file. */
  private static String descriptor(String raw) {
    return String.join(
        "\n",
        "# Disk DescriptorFile",
        "version=1",
        "CID=fffffffe",
        "parentCID=ffffffff",
        "createType=\"monolithicFlat\"",
        "RW " + DISK_BYTES / 512 + " FLAT \"" + raw + "\" 0",
        "ddb.adapterType = \"lsilogic\"",
        "");
  }

  /** Serves a disk to our own clients, which read all of it. */
  private void serve(String... arguments) {
    String bin = home.resolve("bin").toString();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--run");
    all.add(
        "export NBD_CORE_CACHE=off; cd "
            + RunCommand.quote(bin)
            + "; ./nbd-info \"$uri\"; ./nbd-copy \"$uri\" - >/dev/null");
    cli(all.toArray(String[]::new));
  }

  private void cli(String... arguments) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(key -> key.startsWith("NBD_CORE_"));
    new Cli("nbd-core", Optional.of(home), environment, nowhere, nowhere).run(List.of(arguments));
  }
}
