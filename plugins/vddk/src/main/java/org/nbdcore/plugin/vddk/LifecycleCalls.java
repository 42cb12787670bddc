package org.nbdcore.plugin.vddk;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.spi.NbdException;

/**
 * The calls that initialize and exit VDDK, and open and close its disks. Only the thread of {@link
 * LifecycleThread} may make them.
 */
final class LifecycleCalls {

  /** The API version that is passed to VDDK: the oldest that works, which later versions accept. */
  private static final int MAJOR = 6;

  private static final int MINOR = 7;

  private final LoadedLibrary library;
  private final VddkLog log;
  private final CallStats stats;
  private final CallTrace trace;
  private final VddkErrors errors;

  LifecycleCalls(
      LoadedLibrary library, VddkLog log, CallStats stats, CallTrace trace, VddkErrors errors) {
    this.library = library;
    this.log = log;
    this.stats = stats;
    this.trace = trace;
    this.errors = errors;
  }

  void initialize(Optional<Path> configFile) throws IOException {
    try (NativeStrings strings = new NativeStrings()) {
      trace.call(VddkFunction.INIT_EX, MAJOR + ", " + MINOR + ", libdir=" + library.libdir());
      long begin = stats.begin(VddkFunction.INIT_EX);
      long result =
          VddkApi.VixDiskLib_InitEx(
              MAJOR,
              MINOR,
              log.debugFunction,
              log.errorFunction,
              log.errorFunction,
              strings.add(library.libdir().toString()),
              strings.add(configFile.map(Path::toString)));
      stats.count(VddkFunction.INIT_EX, begin);
      errors.checkByLog(VddkFunction.INIT_EX, result, false);
    }
  }

  /** The result of ListTransportModes: all transports of this VDDK. */
  static String transportModes() {
    Pointer modes = VddkApi.VixDiskLib_ListTransportModes();
    return modes == null ? "" : modes.getString(0);
  }

  /** Connects and opens a disk; {@link #close} undoes both. */
  VddkHandle open(Vddk vddk, VddkConfig config, String path, boolean readOnly) throws IOException {
    ConnectParams params = new ConnectParams(config.login());
    long connection = 0;
    try {
      connection = connect(config, params, readOnly);
      long handle;
      try {
        handle = openDisk(connection, path, flags(config, readOnly), config.remote());
      } catch (NbdException e) {
        throw VddkErrors.opening(path, config.login(), e);
      }
      return new VddkHandle(vddk, connection, handle, params);
    } catch (IOException | RuntimeException | Error e) {
      if (connection != 0) {
        disconnect(connection);
      }
      params.close();
      throw e;
    }
  }

  private static int flags(VddkConfig config, boolean readOnly) {
    return config.openFlags() | (readOnly ? OpenFlags.READ_ONLY : 0);
  }

  private long connect(VddkConfig config, ConnectParams params, boolean readOnly)
      throws IOException {
    Optional<String> transports = Transports.choose(config, library.major());
    try (NativeStrings strings = new NativeStrings()) {
      LongByReference connection = new LongByReference();
      trace.call(
          VddkFunction.CONNECT_EX,
          "readonly="
              + readOnly
              + ", snapshot="
              + config.snapshot().orElse("NULL")
              + ", transports="
              + transports.orElse("NULL"));
      log.forget();
      long begin = stats.begin(VddkFunction.CONNECT_EX);
      long result =
          VddkApi.VixDiskLib_ConnectEx(
              params.pointer(),
              (byte) (readOnly ? 1 : 0),
              strings.add(config.snapshot()),
              strings.add(transports),
              connection.getPointer());
      stats.count(VddkFunction.CONNECT_EX, begin);
      try {
        errors.checkByLog(VddkFunction.CONNECT_EX, result, config.remote());
      } catch (NbdException e) {
        throw errors.connecting(config.login(), e);
      }
      return connection.getValue();
    }
  }

  private long openDisk(long connection, String path, int flags, boolean remote)
      throws IOException {
    try (NativeStrings strings = new NativeStrings()) {
      LongByReference handle = new LongByReference();
      trace.call(VddkFunction.OPEN, path + ", flags=" + flags);
      log.forget();
      long begin = stats.begin(VddkFunction.OPEN);
      long result =
          VddkApi.VixDiskLib_Open(connection, strings.add(path), flags, handle.getPointer());
      stats.count(VddkFunction.OPEN, begin);
      errors.checkByLog(VddkFunction.OPEN, result, remote);
      return handle.getValue();
    }
  }

  private long disconnect(long connection) {
    trace.call(VddkFunction.DISCONNECT, "");
    long begin = stats.begin(VddkFunction.DISCONNECT);
    long result = VddkApi.VixDiskLib_Disconnect(connection);
    stats.count(VddkFunction.DISCONNECT, begin);
    return result;
  }

  void close(VddkHandle handle) throws NbdException {
    trace.call(VddkFunction.CLOSE, "");
    long begin = stats.begin(VddkFunction.CLOSE);
    long closed = handle.callClose();
    stats.count(VddkFunction.CLOSE, begin);
    long disconnected = disconnect(handle.connection());
    handle.params().close();
    errors.check(VddkFunction.CLOSE, closed);
    errors.check(VddkFunction.DISCONNECT, disconnected);
  }

  /** Creates a local disk. */
  void create(VddkConfig config, String path, CreateOptions options) throws IOException {
    try (ConnectParams params = new ConnectParams(config.login());
        NativeStrings strings = new NativeStrings();
        Memory create = CreateParams.of(options)) {
      long connection = connect(config, params, false);
      try {
        trace.call(VddkFunction.CREATE, path + ", " + options);
        log.forget();
        long begin = stats.begin(VddkFunction.CREATE);
        long result = VddkApi.VixDiskLib_Create(connection, strings.add(path), create, null, null);
        stats.count(VddkFunction.CREATE, begin);
        errors.checkByLog(VddkFunction.CREATE, result, false);
      } finally {
        disconnect(connection);
      }
    }
  }

  void exit() {
    long begin = stats.begin(VddkFunction.EXIT);
    VddkApi.VixDiskLib_Exit();
    stats.count(VddkFunction.EXIT, begin);
  }
}
