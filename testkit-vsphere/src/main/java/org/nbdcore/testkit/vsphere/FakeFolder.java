package org.nbdcore.testkit.vsphere;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a fake datastore: those of a folder, and the descriptor and the flat file of each
 * disk that is not locked.
 */
final class FakeFolder {

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
  private static final String FLAT = "-flat.vmdk";

  /** Reads bytes of a file. */
  @FunctionalInterface
  private interface Content {
    ByteBuffer read(long start, int length) throws IOException;
  }

  private record Found(long size, boolean locked, Content content) {}

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
      Found file = find(exchange);
      if (file == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (file.locked()) {
        exchange.sendResponseHeaders(500, -1);
        return;
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        String size = vsphere.fileSize();
        exchange
            .getResponseHeaders()
            .set("Content-Length", size == null ? Long.toString(file.size()) : size);
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      send(exchange, file);
    }
  }

  private void send(HttpExchange exchange, Found file) throws IOException {
    Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
    if (!range.matches()) {
      exchange.sendResponseHeaders(400, -1);
      return;
    }
    long start = Long.parseLong(range.group(1));
    long end = Math.min(Long.parseLong(range.group(2)) + 1, file.size());
    if (start >= end) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    vsphere.beforeRange();
    ByteBuffer data = file.content().read(start, (int) (end - start));
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + file.size());
    exchange.sendResponseHeaders(206, data.remaining());
    exchange.getResponseBody().write(data.array(), data.arrayOffset(), data.remaining());
  }

  private Found find(HttpExchange exchange) throws IOException {
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
    if (!"dc one".equals(datacenter)) {
      return null;
    }
    Found stored = stored(store + "/" + path);
    if (stored != null) {
      return stored;
    }
    boolean flat = path.endsWith(FLAT);
    String file = "[" + store + "] " + (flat ? path.replace(FLAT, ".vmdk") : path);
    for (FakeMachine machine : vsphere.machines().values()) {
      FakeDisk disk = machine.disk(file);
      if (disk != null) {
        return flat ? flat(disk) : descriptor(disk, path);
      }
    }
    return null;
  }

  /** A file of the folder that stands for the datastores; null if there is none. */
  private Found stored(String name) throws IOException {
    Path folder = vsphere.datastores();
    if (folder == null || !Files.isRegularFile(folder.resolve(name))) {
      return null;
    }
    Path file = folder.resolve(name);
    return new Found(
        Files.size(file),
        false,
        (start, length) -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer data = ByteBuffer.allocate(length);
            while (data.hasRemaining() && channel.read(data, start + data.position()) > 0) {
              // until the range is full or the file ends
            }
            return data.flip();
          }
        });
  }

  private static Found flat(FakeDisk disk) {
    return new Found(
        disk.size(),
        disk.running(),
        (start, length) -> {
          ByteBuffer data = ByteBuffer.allocate(length);
          disk.read(data, start);
          return data;
        });
  }

  private static Found descriptor(FakeDisk disk, String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).replace(".vmdk", FLAT);
    byte[] text =
        ("# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType=\"vmfs\"\n"
                + "RW "
                + disk.size() / 512
                + " VMFS \""
                + name
                + "\"\nddb.adapterType = \"lsilogic\"\n")
            .getBytes(StandardCharsets.UTF_8);
    return new Found(
        text.length, false, (start, length) -> ByteBuffer.wrap(text, (int) start, length).slice());
  }
}
