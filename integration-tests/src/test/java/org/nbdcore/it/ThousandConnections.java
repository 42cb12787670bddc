package org.nbdcore.it;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A thousand connections of one client to one server, opened, used all at once and closed. */
final class ThousandConnections {

  private static final int CONNECTIONS = 1000;

  /** Each connection has a part of the disk, which it writes and reads among all the others. */
  private static final String CLIENT =
      """
      import hashlib, os
      uri = h.get_uri()
      part = h.get_size() // %d // 4096 * 4096
      handles = []
      for i in range(%d):
          one = nbd.NBD()
          one.connect_uri(uri)
          handles.append(one)

      def all_of(start):
          cookies = [(one, start(i, one)) for i, one in enumerate(handles)]
          for one, cookie in cookies:
              while not one.aio_command_completed(cookie):
                  one.poll(-1)

      data = [os.urandom(part) for _ in handles]
      written = [nbd.Buffer.from_bytearray(bytearray(each)) for each in data]
      read = [nbd.Buffer(part) for _ in handles]
      all_of(lambda i, one: one.aio_pwrite(written[i], i * part))
      all_of(lambda i, one: one.aio_flush())
      all_of(lambda i, one: one.aio_pread(read[i], i * part))
      for i in range(len(handles)):
          assert read[i].to_bytearray() == data[i], i
      for one in handles:
          one.shutdown()
      print(len(handles), "connections")
      """
          .formatted(CONNECTIONS, CONNECTIONS);

  private final Sandbox box;

  ThousandConnections(Sandbox box) {
    this.box = box;
  }

  /** Repeats this until the given time, at least twice. */
  void run(Instant end, CampaignPhase phase) throws IOException, InterruptedException {
    Server server = box.serveWithin(enough(), "memory", "64M");
    for (int round = 0; round < 2 || Instant.now().isBefore(end); round++) {
      Ran ran =
          box.run(
              box.builder(
                  within(Client.PYTHON.with("-m", "nbd", "-u", server.uri(), "-c", CLIENT))),
              Programs.TIMEOUT.multipliedBy(4));
      phase.ran(CONNECTIONS);
      if (ran.status() != 0) {
        phase.failed(ran.toString());
      }
      phase.used(Usage.of(server.pid()));
    }
    phase.processor(Usage.processor(server.pid()));
    server.stop();
  }

  /** Descriptors for all of them. */
  private static List<String> enough() {
    return List.of("/bin/sh", "-c", "ulimit -n 4096; exec \"$@\"", "sh");
  }

  private static List<String> within(List<String> command) {
    List<String> all = new ArrayList<>(enough());
    all.addAll(command);
    return all;
  }
}
