package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fake vCenter as a separate program, for benchmarks and tests by hand. It has one machine {@code
 * web} with one disk; the machine is powered off. The program prints the parameters of {@code
 * nbd-core vddk} for this disk, one a line. It ends when its standard input ends.
 *
 * <p>Arguments, {@code key=value}: {@code folder} for its files, {@code raw} for the file with the
 * disk's content, {@code latency} of each NFC reply in microseconds.
 */
public final class FakeVsphereProgram {

  private static final int BLOCK = 1 << 20;

  private FakeVsphereProgram() {}

  /** Runs until the standard input ends. */
  public static void main(String[] words) throws IOException {
    Map<String, String> arguments = new TreeMap<>();
    for (String word : words) {
      arguments.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    Path folder = Path.of(arguments.get("folder"));
    Path raw = Path.of(arguments.get("raw"));
    NfcFaults faults =
        new NfcFaults().latencyMicros(Long.parseLong(arguments.getOrDefault("latency", "0")));
    try (FakeVsphere vsphere = FakeVsphere.start(faults)) {
      FakeMachine machine = new FakeMachine("vm-16", "web", folder, Files.size(raw), false);
      copy(raw, machine);
      vsphere.machine(machine.track());
      Path password = Files.writeString(folder.resolve("password"), FakeVsphere.PASSWORD);
      System.out.println("server=localhost");
      System.out.println("port=" + vsphere.port());
      System.out.println("nfchostport=" + vsphere.host().port());
      System.out.println("user=" + FakeVsphere.USER);
      System.out.println("password=+" + password);
      System.out.println("thumbprint=" + vsphere.thumbprint());
      System.out.println("vm=web");
      System.out.println();
      System.in.transferTo(OutputStream.nullOutputStream());
      vsphere.violations().forEach(System.err::println);
      vsphere.host().violations().forEach(System.err::println);
    }
  }

  private static void copy(Path raw, FakeMachine machine) throws IOException {
    ByteBuffer zeroes = ByteBuffer.allocate(BLOCK);
    try (FileChannel from = FileChannel.open(raw, StandardOpenOption.READ)) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      for (long at = 0; from.read(block.clear(), at) > 0; at += BLOCK) {
        if (block.flip().mismatch(zeroes) >= 0) {
          machine.guestWrites(block, at);
        }
      }
    }
  }
}
