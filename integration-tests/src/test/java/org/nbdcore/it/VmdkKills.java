package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Kills the server while a client writes, one kind of disk after the other, again and again the
 * same disks. Each time QEMU must open the disk, find no damage, and read what was flushed. Run by
 * name only, see CONTRIBUTING.md.
 */
@Tag("heavy")
@Timeout(value = 6, unit = TimeUnit.HOURS)
class VmdkKills {
  private static final int SIZE = 4 << 20;
  private static final int SECTOR = 512;

  /** How often; a campaign sets more, see CONTRIBUTING.md. */
  static final int KILLS = Integer.getInteger("nbdcore.kills", 8);

  /** The last one is a child of another disk. */
  private static final List<String> TYPES =
      List.of(
          "monolithic-sparse",
          "split-sparse",
          "vmfs-sparse",
          "monolithic-flat",
          "split-flat",
          "vmfs-flat",
          "vmfs-thin",
          "child");

  /** QEMU can check those that have grain tables. */
  private static final List<String> CHECKED = List.of("monolithic-sparse", "split-sparse", "child");

  /**
   * Keeps sixteen requests in flight until the server, which it kills, has gone. A sector is
   * written once between two flushes, so that it holds either what was flushed or what was written
   * last; both are left in files, and which sectors were written since.
   */
  private static final String CLIENT =
      """
      import os, random, signal
      R = random.Random(seed)
      size = h.get_size()
      last = R.randrange(1, 600)
      flushed = bytearray(open(kind + ".flushed", "rb").read())
      written = bytearray(flushed)
      touched = bytearray(size // 512)
      pending = {}
      sent = 0

      def ended():
          while pending:
              cookie = h.aio_peek_command_completed()
              if cookie <= 0:
                  return
              h.aio_command_completed(cookie)
              first, n, durable = pending.pop(cookie)[:3]
              if durable:
                  at, end = first * 512, (first + n) * 512
                  flushed[at:end] = written[at:end]

      def wait(most):
          ended()
          while h.aio_in_flight() > most:
              h.poll(-1)
              ended()

      try:
          while True:
              n = R.randrange(1, 200)
              first = R.randrange(0, size // 512 - n)
              kind_of_request = R.randrange(12)
              if kind_of_request == 0 or any(touched[first:first + n]):
                  wait(0)
                  h.flush()
                  flushed[:] = written
                  touched = bytearray(size // 512)
                  continue
              touched[first:first + n] = b"\\1" * n
              at, end = first * 512, (first + n) * 512
              if sent == last:
                  os.kill(pid, signal.SIGKILL)
              sent += 1
              if kind_of_request < 4:
                  written[at:end] = bytes(n * 512)
                  flags = nbd.CMD_FLAG_NO_HOLE if kind_of_request == 1 else 0
                  cookie = h.aio_zero(n * 512, at, flags=flags)
                  pending[cookie] = (first, n, False, None)
              else:
                  written[at:end] = bytes([R.randrange(1, 256)]) * (n * 512)
                  durable = kind_of_request == 4
                  flags = nbd.CMD_FLAG_FUA if durable else 0
                  data = nbd.Buffer.from_bytearray(written[at:end])
                  cookie = h.aio_pwrite(data, at, flags=flags)
                  pending[cookie] = (first, n, durable, data)
              wait(15)
      except nbd.Error as e:
          if sent <= last:
              raise
      open(kind + ".flushed", "wb").write(flushed)
      open(kind + ".written", "wb").write(written)
      open(kind + ".touched", "wb").write(touched)
      print(sent, "requests")
      """;

  @RegisterExtension final Sandbox box = new Sandbox();
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @Test
  void flushedDataSurvivesEachKill() throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      String type = TYPES.get(kill % TYPES.size());
      Server server = box.serve(serving(type).toArray(String[]::new));
      String given =
          String.format(
              Locale.ROOT,
              "pid, kind, seed = %d, '%s', %d%n",
              server.pid(),
              type,
              random.nextLong());
      Ran client = box.nbdsh(server, given + CLIENT);
      assertThat(client.status()).as("kill %d, %s, seed %d: %s", kill, type, seed, client).isZero();
      server.killed();
      check(kill, type);
    }
  }

  private List<String> serving(String type) throws IOException {
    String disk = box.file(type + ".vmdk").toString();
    List<String> arguments = new ArrayList<>(List.of("vmdk", disk));
    if (Files.exists(box.file(type + ".flushed"))) {
      return arguments;
    }
    Files.write(box.file(type + ".flushed"), new byte[SIZE]);
    if (!type.equals("child")) {
      arguments.addAll(List.of("create=true", "create-size=" + SIZE, "create-type=" + type));
      return arguments;
    }
    String parent = box.file("parent.vmdk").toString();
    box.run(Client.QEMU_IMG, "create", "-f", "vmdk", parent, Integer.toString(SIZE)).succeeded();
    return List.of("vmdk", parent, "snapshot=" + disk);
  }

  private void check(int kill, String type) throws IOException {
    String disk = box.file(type + ".vmdk").toString();
    if (CHECKED.contains(type)) {
      Ran check = box.run(Client.QEMU_IMG, "check", "-f", "vmdk", disk);
      assertThat(check.status()).as("kill %d, %s, seed %d: %s", kill, type, seed, check).isZero();
    }
    Path raw = box.file("raw");
    box.run(Client.QEMU_IMG, "convert", "-f", "vmdk", "-O", "raw", disk, raw.toString())
        .succeeded();
    byte[] found = Files.readAllBytes(raw);
    byte[] flushed = Files.readAllBytes(box.file(type + ".flushed"));
    byte[] written = Files.readAllBytes(box.file(type + ".written"));
    byte[] touched = Files.readAllBytes(box.file(type + ".touched"));
    for (int sector = 0; sector < SIZE / SECTOR; sector++) {
      boolean there =
          same(found, flushed, sector) || touched[sector] != 0 && same(found, written, sector);
      assertThat(there)
          .as("kill %d, %s, seed %d: what was flushed to sector %d", kill, type, seed, sector)
          .isTrue();
    }
    Files.write(box.file(type + ".flushed"), found);
  }

  private static boolean same(byte[] one, byte[] other, int sector) {
    int from = sector * SECTOR;
    return Arrays.equals(one, from, from + SECTOR, other, from, from + SECTOR);
  }
}
