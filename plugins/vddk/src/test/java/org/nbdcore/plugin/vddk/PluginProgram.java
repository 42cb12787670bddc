package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.DeviceThread;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.RestartRequiredException;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.DiskContents;

/**
 * The plugin in a JVM of its own, for tests of a process without VDDK, of the end of the JVM and of
 * crashes. It reads the disk's first sector, closes the disk or leaves it open, and prints what
 * happens.
 */
final class PluginProgram {

  private PluginProgram() {}

  /** The exit status and the output of the program. */
  record Result(int status, List<String> lines) {}

  /** Runs it with {@code key=value} words; the word {@code leave-open} leaves the disk open. */
  static Result run(Path folder, Map<String, String> environment, String... words)
      throws Exception {
    // The JVM crashes as in the distribution, but leaves no core.
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                "ulimit -c 0; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:ErrorFile=" + folder.resolve("hs_err"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                PluginProgram.class.getName()));
    command.addAll(List.of(words));
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().remove("LD_LIBRARY_PATH");
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + command + "\n" + Files.readString(output));
    }
    return new Result(
        process.exitValue(), Files.readString(output, StandardCharsets.UTF_8).lines().toList());
  }

  /** The program, on a thread as the server has them. */
  public static void main(String[] words) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              use(words);
              return null;
            });
    DeviceThread.of(task, "client").start();
    task.get();
  }

  private static void use(String[] words) throws Exception {
    Log.install(new PrintingLog());
    Config.Builder config = Config.builder(VddkSession.provider().parameters());
    boolean leaveOpen = false;
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        leaveOpen = word.equals("leave-open");
      } else {
        config.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    Plugin plugin = VddkSession.provider().create(config.build());
    try {
      plugin.start(StartContext.NONE);
      BlockDevice device = plugin.open(OpenRequest.detached("", false));
      System.out.println("capabilities " + device.capabilities());
      System.out.println("first byte " + DiskContents.read(device, 0, 512)[0]);
      if (leaveOpen) {
        closeWhileTheJvmEnds(device);
        return;
      }
      device.close();
    } catch (RestartRequiredException e) {
      System.out.println("restart: " + e.environment() + " " + e.secrets().keySet());
    } catch (IOException e) {
      System.out.println("failed: " + e.getMessage());
    }
    plugin.close();
  }

  /** Closes the disk in a shutdown hook, as the server does when it stops. */
  private static void closeWhileTheJvmEnds(BlockDevice device) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    DiskContents.read(device, 0, 512);
                    device.close();
                  } catch (IOException e) {
                    System.out.println("failed: " + e.getMessage());
                  }
                }));
  }

  private static final class PrintingLog implements Log.Handler {
    @Override
    public boolean enabled(Log.Level level) {
      return true;
    }

    @Override
    public void log(Log.Level level, String name, String message, Throwable failure) {
      System.out.println(level + " " + message);
    }
  }
}
