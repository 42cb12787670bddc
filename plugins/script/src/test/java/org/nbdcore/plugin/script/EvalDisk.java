package org.nbdcore.plugin.script;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.server.PluginServer;

/** A disk of small scripts behind a server, and the results of requests to it. */
final class EvalDisk {

  static final int SIZE = 64 << 10;

  private EvalDisk() {}

  /** The scripts of a disk with all methods. {@code key=none} removes a method. */
  private static String[] methods(String... changes) {
    Map<String, String> methods = new LinkedHashMap<>();
    methods.put("get_size", "echo 64k");
    methods.put("pread", "head -c $3 /dev/zero");
    methods.put("pwrite", "cat >/dev/null");
    for (String method : List.of("trim", "zero", "flush", "cache")) {
      methods.put(method, "exit 0");
    }
    for (String change : changes) {
      int equals = change.indexOf('=');
      methods.put(change.substring(0, equals), change.substring(equals + 1));
    }
    methods.values().removeIf("none"::equals);
    List<String> words = new ArrayList<>();
    methods.forEach((method, script) -> words.add(method + "=" + script));
    return words.toArray(String[]::new);
  }

  static PluginServer serve(String... changes) throws Exception {
    return PluginServer.start(new EvalProvider(), methods(changes));
  }

  interface Request {
    void send() throws IOException;
  }

  /** "ok", or the error of the protocol. */
  static String result(Request request) throws IOException {
    try {
      request.send();
      return "ok";
    } catch (NbdClientException e) {
      return ErrorValue.name(e.errorValue());
    }
  }

  static String result(NbdClient client, String request) throws IOException {
    return switch (request) {
      case "read" -> result(() -> client.read(ByteBuffer.allocate(512), 0));
      case "write" -> result(() -> client.write(ByteBuffer.allocate(SIZE), 0));
      case "write fua" -> result(() -> client.write(ByteBuffer.allocate(512), 0, Flags.FUA));
      case "flush" -> result(client::flush);
      case "trim" -> result(() -> client.trim(0, 512, Flags.NONE));
      case "zero" -> result(() -> client.zero(0, 512, Flags.MAY_TRIM));
      case "zero fast" -> result(() -> client.zero(0, 512, Flags.MAY_TRIM.with(Flags.FAST_ZERO)));
      case "cache" -> result(() -> client.cache(0, 512));
      default -> throw new IllegalArgumentException(request);
    };
  }
}
