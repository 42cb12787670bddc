package org.nbdcore.testkit.vsphere;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of a fake datastore: the flat file of each machine's disk. */
final class FakeFolder {

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  private final FakeVsphere vsphere;

  FakeFolder(FakeVsphere vsphere) {
    this.vsphere = vsphere;
  }

  void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (vsphere.session(exchange) == null) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      FakeDisk disk = find(exchange);
      if (disk == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Long.toString(disk.size()));
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      send(exchange, disk);
    }
  }

  private static void send(HttpExchange exchange, FakeDisk disk) throws IOException {
    Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
    if (!range.matches()) {
      exchange.sendResponseHeaders(400, -1);
      return;
    }
    long start = Long.parseLong(range.group(1));
    long end = Math.min(Long.parseLong(range.group(2)) + 1, disk.size());
    if (start >= end) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    ByteBuffer data = ByteBuffer.allocate((int) (end - start));
    disk.read(data, start);
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + disk.size());
    exchange.sendResponseHeaders(206, data.remaining());
    exchange.getResponseBody().write(data.array());
  }

  private FakeDisk find(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath().substring("/folder/".length());
    String store = null;
    String datacenter = null;
    for (String pair : String.valueOf(exchange.getRequestURI().getRawQuery()).split("&")) {
      String value =
          URLDecoder.decode(pair.substring(pair.indexOf('=') + 1), StandardCharsets.UTF_8);
      if (pair.startsWith("dsName=")) {
        store = value;
      } else if (pair.startsWith("dcPath=")) {
        datacenter = value;
      }
    }
    if (!"dc one".equals(datacenter) || !path.endsWith("-flat.vmdk")) {
      return null;
    }
    String file = "[" + store + "] " + path.replace("-flat.vmdk", ".vmdk");
    for (FakeMachine machine : vsphere.machines().values()) {
      FakeDisk disk = machine.disk(file);
      if (disk != null) {
        return disk;
      }
    }
    return null;
  }
}
