package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.nbdcore.testkit.vsphere.FakeDisk;
import org.nbdcore.testkit.vsphere.FakeNfcHost;
import org.nbdcore.testkit.vsphere.MessageMutator;
import org.nbdcore.testkit.vsphere.NfcFaults;

/**
 * Fuzzes the client with damaged replies of a fake host. A seed is one conversation; see
 * docs/fuzzing.md.
 */
public final class NfcRepliesFuzz implements AutoCloseable {

  private static final int SIZE = 4 << 20;
  private static final String PATH = "[store] web/web.vmdk";
  private static final byte CANARY = 0x5a;

  private final NfcFaults faults = new NfcFaults();
  private final Path file;
  private final FileChannel channel;
  private final FakeNfcHost host;
  private final Duration timeout;

  /**
   * Starts a host.
   *
   * @param timeout the client's time limits; a damaged length can make it wait for so long
   */
  NfcRepliesFuzz(Duration timeout) throws IOException {
    this.timeout = timeout;
    file = Files.createTempFile("nfc-fuzz", ".raw");
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    byte[] data = new byte[SIZE];
    new Random(1).nextBytes(data);
    Arrays.fill(data, SIZE / 4, SIZE / 2, (byte) 0);
    channel.write(ByteBuffer.wrap(data));
    host = FakeNfcHost.start(faults).disk(PATH, new FakeDisk(channel));
  }

  /**
   * Runs one conversation.
   *
   * @return why it failed, or an empty text if it did not
   */
  String run(long seed) {
    Random random = new Random(seed);
    faults.mutator(new MessageMutator(seed, 1 + random.nextInt(24)));
    NfcCompression compression = NfcCompression.values()[random.nextInt(4)];
    boolean writing = random.nextInt(3) == 0;
    NfcOptions options =
        NfcOptions.defaults()
            .withTransport(NfcTransport.NBD)
            .withCompression(compression)
            .withBuffers(1 << 16 << random.nextInt(4), 1 + random.nextInt(4))
            .withTimeouts(timeout, timeout);
    String ticket = host.issueTicket(writing);
    try (NfcDisk disk =
        NfcDisk.open(
            NfcTicket.of("localhost", host.service(), ticket, host.thumbprint())
                .withPort(host.port()),
            options,
            PATH,
            !writing)) {
      use(disk, random, writing);
      return "";
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("internal error")) {
        throw new IllegalStateException("seed " + seed + ": " + e.getMessage(), e);
      }
      return String.valueOf(e.getMessage());
    }
  }

  private static void use(NfcDisk disk, Random random, boolean writing) throws IOException {
    for (int i = 0; i < 6; i++) {
      int length = (1 + random.nextInt(1024)) * disk.sectorSize();
      if (disk.size() < length) {
        return;
      }
      long places = (disk.size() - length) / disk.sectorSize() + 1;
      long offset = (random.nextInt() & 0x7fffffffL) % places * disk.sectorSize();
      switch (random.nextInt(writing ? 5 : 4)) {
        case 0 -> disk.metadata("adapterType");
        case 1 -> disk.allocated(0, 1 << 16, (int) Math.max(1, Math.min(64, disk.size() >> 16)));
        case 2, 3 -> read(disk, length, offset);
        default -> {
          disk.write(ByteBuffer.allocateDirect(length), offset);
          disk.flush();
        }
      }
    }
  }

  private static void read(NfcDisk disk, int length, long offset) throws IOException {
    ByteBuffer all = ByteBuffer.allocateDirect(length + 1024);
    for (int i = 0; i < all.capacity(); i++) {
      all.put(i, CANARY);
    }
    try {
      disk.read(all.slice(512, length), offset);
    } finally {
      for (int i = 0; i < 512; i++) {
        if (all.get(i) != CANARY || all.get(512 + length + i) != CANARY) {
          throw new IllegalStateException("bytes outside the caller's buffer were written");
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    host.close();
    channel.close();
    Files.delete(file);
  }

  /** Fuzzes for the given seconds, starting with the given seed, and prints a summary. */
  public static void main(String[] words) throws IOException {
    long end = System.nanoTime() + Long.parseLong(words[0]) * 1_000_000_000L;
    long seed = Long.parseLong(words[1]);
    Map<String, Integer> ends = new TreeMap<>();
    long slowest = 0;
    try (NfcRepliesFuzz fuzz = new NfcRepliesFuzz(Duration.ofSeconds(5))) {
      for (; System.nanoTime() < end; seed++) {
        long start = System.nanoTime();
        try {
          ends.merge(fuzz.run(seed).replaceAll("\\d+|'.*'|[0-9a-f]{6,8}", "N"), 1, Integer::sum);
        } catch (RuntimeException | Error e) {
          System.out.println("FAILED seed " + seed);
          e.printStackTrace(System.out);
        }
        slowest = Math.max(slowest, System.nanoTime() - start);
      }
    }
    ends.forEach((text, count) -> System.out.println(count + " " + text));
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("nfc "))
            .count();
    System.out.printf(
        Locale.ROOT,
        "up to seed %d; slowest %d ms; threads left %d%n",
        seed,
        slowest / 1_000_000,
        threads);
  }
}
