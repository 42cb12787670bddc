package org.nbdcore.plugin.script;

import java.io.IOException;
import java.util.Locale;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Sizes;
import org.nbdcore.spi.Support;

/** The capabilities that a script declares, queried once when a disk is opened. */
final class ScriptCapabilities {

  private final ScriptRunner runner;
  private final Session session;
  private final String handle;

  final boolean canZero;
  final Support fua;
  final Capabilities capabilities;

  ScriptCapabilities(ScriptRunner runner, Session session, String handle, boolean readOnly)
      throws IOException {
    this.runner = runner;
    this.session = session;
    this.handle = handle;
    boolean write = !readOnly && can("can_write");
    boolean flush = can("can_flush");
    Capabilities can =
        Capabilities.readOnly()
            .withFlush(flush)
            .withRotational(can("is_rotational"))
            .withMultiConn(can("can_multi_conn"))
            .withCache(support("can_cache", Support.NONE))
            .withExtents(can("can_extents"))
            .withBlockSizes(blockSizes())
            .withLenient(true);
    canZero = write && can("can_zero");
    fua = write ? support("can_fua", flush ? Support.EMULATE : Support.NONE) : Support.NONE;
    if (write) {
      MethodResult.Kind fast = ask("can_fast_zero").kind();
      boolean fastZero =
          fast == MethodResult.Kind.MISSING ? !canZero : fast == MethodResult.Kind.OK;
      can =
          can.withWrite(true)
              .withTrim(can("can_trim"))
              .withZero(Support.NATIVE)
              .withFastZero(fastZero)
              .withFua(fua == Support.NONE ? Support.NONE : Support.NATIVE)
              .withFuaFlushes(fua == Support.EMULATE);
    }
    capabilities = can;
  }

  private MethodResult ask(String method) throws IOException {
    return runner.call(session, method, handle);
  }

  private boolean can(String method) throws IOException {
    return ask(method).kind() == MethodResult.Kind.OK;
  }

  private Support support(String method, Support otherwise) throws IOException {
    MethodResult answer = ask(method);
    runner.refuseFalse(method, answer.kind());
    if (answer.missing()) {
      return otherwise;
    }
    return switch (answer.text().strip().toLowerCase(Locale.ROOT)) {
      case "none" -> Support.NONE;
      case "emulate" -> Support.EMULATE;
      case "native" -> Support.NATIVE;
      default ->
          throw runner.wrong(
              method, "must print none, emulate or native, not '" + answer.text() + "'");
    };
  }

  private BlockSizes blockSizes() throws IOException {
    MethodResult answer = ask("block_size");
    runner.refuseFalse("block_size", answer.kind());
    if (answer.missing()) {
      return BlockSizes.DEFAULT;
    }
    String[] words = answer.text().strip().split("\\s+");
    try {
      if (words.length == 3) {
        long minimum = Sizes.parse(words[0]);
        long preferred = Sizes.parse(words[1]);
        long maximum = Sizes.parse(words[2]);
        return minimum == 0 && preferred == 0 && maximum == 0
            ? BlockSizes.DEFAULT
            : BlockSizes.of(Math.toIntExact(minimum), Math.toIntExact(preferred), maximum);
      }
    } catch (ConfigException | ArithmeticException | IllegalArgumentException e) {
      throw runner.wrong("block_size", "'" + answer.text() + "': " + e.getMessage());
    }
    throw runner.wrong(
        "block_size",
        "must print the minimum, the preferred and the maximum size, not '" + answer.text() + "'");
  }
}
