package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.Backends;

/** Short ways for tests to configure filters and to call devices. */
public final class Chains {

  private Chains() {}

  /** A filter made from {@code key=value} pairs; {@code -D} flags are {@code !flag=N}. */
  public static Filter filter(FilterProvider provider, String... pairs) {
    try {
      return configure(provider, pairs);
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** The same for a configuration that may be refused. */
  public static Filter configure(FilterProvider provider, String... pairs) throws ConfigException {
    Config.Builder builder = Config.builder(provider.parameters());
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      String key = pair.substring(0, equals);
      String value = pair.substring(equals + 1);
      if (key.startsWith("!")) {
        String flag = key.substring(1);
        if (provider.debugFlags().stream().map(DebugFlag::name).noneMatch(flag::equals)) {
          throw new AssertionError("no debug flag " + flag);
        }
        builder.debug(flag, Integer.parseInt(value));
      } else {
        if (provider.parameters().stream().noneMatch(p -> p.hasKey(key))) {
          throw new AssertionError("no parameter " + key);
        }
        builder.put(key, value);
      }
    }
    return provider.create(builder.build());
  }

  /** A filter over the next layer, as one layer. */
  public static Backend over(Filter filter, Backend next) {
    return Backends.filtered(filter, next);
  }

  /** Opens the default export through a filter. */
  public static BlockDevice open(Filter filter, Backend next) throws IOException {
    return filter.open(OpenRequest.detached("", false), next);
  }

  /** Opens the default export through a filter made from {@code key=value} pairs. */
  public static BlockDevice open(FilterProvider provider, Backend next, String... pairs)
      throws IOException {
    return open(filter(provider, pairs), next);
  }

  /** Reads. */
  public static byte[] read(BlockDevice device, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length + 8).position(3).limit(3 + length);
    device.read(buffer, offset);
    byte[] read = new byte[length];
    buffer.clear().position(3).get(read);
    return read;
  }

  /** Writes. */
  public static void write(BlockDevice device, long offset, byte[] data, Flags flags)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(data.length + 8).position(5);
    buffer.put(data).limit(5 + data.length).position(5);
    device.write(buffer.asReadOnlyBuffer(), offset, flags);
  }

  /** A flush, for a thread of its own. */
  public static FutureTask<Void> flushTask(BlockDevice device) {
    return new FutureTask<>(
        () -> {
          device.flush();
          return null;
        });
  }

  /** {@code length} bytes of {@code value}. */
  public static byte[] bytes(int value, int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** Extents as text: {@code 0+512=0 512+512=3}. */
  public static String extents(BlockDevice device, long offset, long length, Flags flags)
      throws IOException {
    Extents extents = new Extents(offset, length, 1000);
    device.extents(offset, length, flags, extents);
    List<String> runs = new ArrayList<>();
    long at = offset;
    for (int i = 0; i < extents.size(); i++) {
      runs.add(at + "+" + extents.length(i) + "=" + extents.type(i));
      at += extents.length(i);
    }
    return String.join(" ", runs);
  }
}
