package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Four qemu-io on four connections for a while: writes, zeroes, trims and checked reads. */
@Tag("heavy")
class QemuIoIT {

  private static final int CONNECTIONS = 4;
  private static final Duration TIME = Duration.ofSeconds(3);
  private static final int SHARE = 64 << 20;
  private static final long SEED = 42;

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void memoryKeepsWhatQemuIoWrites() throws Exception {
    runOn(box.serve("memory", CONNECTIONS * SHARE + ""));
  }

  @Test
  void fileKeepsWhatQemuIoWrites() throws Exception {
    String disk = box.file("disk").toString();
    box.run(Client.QEMU_IMG, "create", "-f", "raw", disk, CONNECTIONS * SHARE + "").succeeded();
    runOn(box.serve("file", disk));
  }

  private void runOn(Server server) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Callable<Long>> jobs = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int job = i;
        jobs.add(() -> job(server, job));
      }
      for (Future<Long> job : threads.invokeAll(jobs)) {
        assertThat(job.get()).as("commands of one qemu-io").isGreaterThan(100);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(server.stop().err()).isEmpty();
  }

  /** One qemu-io in a share of the disk of its own; returns how many commands it was given. */
  private long job(Server server, int number) throws IOException, InterruptedException {
    Path printed = box.file("qemu-io-" + number);
    Process process =
        box.builder(Client.QEMU_IO.with("-f", "raw", server.uri()))
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    long commands = 0;
    Random random = new Random(SEED + number);
    long deadline = System.nanoTime() + TIME.toNanos();
    try (BufferedWriter in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8))) {
      while (System.nanoTime() < deadline) {
        commands += round(in, random, (long) number * SHARE);
        in.flush(); // waits while qemu-io is busy, as the pipe is full then
      }
      in.write("quit\n");
    }
    assertThat(process.waitFor(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(complaints(printed)).as("qemu-io with seed %d", SEED + number).isEmpty();
    return commands;
  }

  /** Writes two neighbours, clears the first's end, and reads both back. */
  private static int round(BufferedWriter in, Random random, long share) throws IOException {
    int length = 512 * (2 + random.nextInt(500));
    int half = length / 1024 * 512;
    long at = share + 512L * random.nextInt((SHARE - 2 * length) / 512);
    int first = 1 + random.nextInt(255);
    int second = 1 + random.nextInt(255);
    String clear = random.nextBoolean() ? "write -z" : "write -z -u";
    List<String> round =
        List.of(
            "write -q -P %d %d %d".formatted(first, at, length),
            "write -q -f -P %d %d %d".formatted(second, at + length, length),
            "%s -q %d %d".formatted(clear, at + half, length - half),
            "read -q -P %d %d %d".formatted(first, at, half),
            "read -q -P 0 %d %d".formatted(at + half, length - half),
            "read -q -P %d %d %d".formatted(second, at + length, length),
            "discard -q %d %d".formatted(at, length),
            "flush");
    for (String command : round) {
      in.write(command);
      in.write('\n');
    }
    return round.size();
  }

  private static List<String> complaints(Path printed) throws IOException {
    return Files.readString(printed)
        .lines()
        .map(line -> line.replace("qemu-io> ", "").strip())
        .filter(line -> !line.isEmpty())
        .limit(10)
        .toList();
  }
}
