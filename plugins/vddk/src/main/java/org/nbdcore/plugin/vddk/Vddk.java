package org.nbdcore.plugin.vddk;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** VDDK, loaded and initialized. One a process; see {@link VddkProcess}. */
final class Vddk {

  /**
   * The version that we tell VDDK we were made for, the oldest that works; later ones accept it.
   */
  private static final int MAJOR = 6;

  private static final int MINOR = 7;

  /** How long Exit may take before the process ends without it. */
  private static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final LoadedLibrary library;
  private final Optional<Path> configFile;
  private final Log log;
  private final VddkDebug debug;
  private final VddkLog vddkLog;
  private final CallStats stats = new CallStats();

  private final LifecycleThread lifecycle;

  /** Disks that are being opened, are open or are being closed; guarded by this. */
  private int users;

  private boolean ended; // guarded by this

  private Vddk(
      LoadedLibrary library,
      LifecycleThread lifecycle,
      Optional<Path> configFile,
      VddkDebug debug,
      Log log) {
    this.library = library;
    this.lifecycle = lifecycle;
    this.configFile = configFile;
    this.debug = debug;
    this.log = log;
    this.vddkLog = new VddkLog(log);
  }

  /** Binds to a library that is loaded, and is to be initialized next. */
  static Vddk of(LoadedLibrary library, Optional<Path> configFile, VddkDebug debug, Log log)
      throws IOException {
    VddkApi.bind(library.file());
    log.debug("loaded " + library.file());
    return new Vddk(library, LifecycleThread.start(log), configFile, debug, log);
  }

  /**
   * Calls InitEx, once a process.
   *
   * @param excused libraries of whose absence the log says nothing, as the program starts again
   */
  void initialize(Predicate<String> excused) throws IOException {
    stats.note().describe(System.getProperty("nbdcore.program", "nbd-core"), name());
    if (!stats.note().install()) {
      log.debug("a crash of VDDK's will leave no note");
    }
    vddkLog.excuse(excused);
    try {
      lifecycle.call(this::callInitEx);
    } finally {
      vddkLog.excuseNone();
    }
    stats.note().describe(System.getProperty("nbdcore.program", "nbd-core"), name());
  }

  /** The library's file and, once known, its version. */
  private String name() {
    return vddkLog.version() + " (" + library.file() + ")";
  }

  private Void callInitEx() throws IOException {
    try (NativeStrings strings = new NativeStrings()) {
      trace(VddkFunction.INIT_EX, MAJOR + ", " + MINOR + ", libdir=" + library.libdir());
      long begin = stats.begin(VddkFunction.INIT_EX);
      long result =
          VddkApi.VixDiskLib_InitEx(
              MAJOR,
              MINOR,
              vddkLog.debugFunction,
              vddkLog.errorFunction,
              vddkLog.errorFunction,
              strings.add(library.libdir().toString()),
              strings.add(configFile.map(Path::toString)));
      stats.count(VddkFunction.INIT_EX, begin);
      checkByLog(VddkFunction.INIT_EX, result, false);
    }
    return null;
  }

  /** The names of libraries that VDDK could not open so far, by its log. */
  List<String> missingLibraries() {
    return vddkLog.missing();
  }

  LoadedLibrary library() {
    return library;
  }

  int major() {
    return library.major();
  }

  CallStats stats() {
    return stats;
  }

  VddkDebug debug() {
    return debug;
  }

  /** Whether this library serves that configuration too. */
  boolean serves(VddkConfig config) {
    return config.configFile().equals(configFile)
        && (config.libdir().isEmpty() || config.libdir().get().equals(library.libdir()));
  }

  @Override
  public String toString() {
    return "libdir="
        + library.libdir()
        + configFile.map(file -> " config=" + file).orElse(" without config=");
  }

  /** The thread that opens and closes disks and queries their blocks. */
  LifecycleThread lifecycle() {
    return lifecycle;
  }

  /** The result of ListTransportModes: all transports of this VDDK. */
  String transportModes() throws IOException {
    return lifecycle.call(
        () -> {
          Pointer modes = VddkApi.VixDiskLib_ListTransportModes();
          return modes == null ? "" : modes.getString(0);
        });
  }

  /** Shows a call under {@code -v}. */
  void trace(VddkFunction function, String arguments) {
    if (log.debugEnabled()) {
      log.debug("VDDK call: " + function.symbol() + " (" + arguments + ")");
    }
  }

  /** Shows a call that reads or writes, unless {@code -D vddk.datapath=0}. */
  void traceData(VddkFunction function, long start, long sectors) {
    if (debug.dataPath() && log.debugEnabled()) {
      trace(function, start + ", " + sectors + " sectors");
    }
  }

  /** Throws what a failed call means. */
  void check(VddkFunction function, long result) throws NbdException {
    if (result != VixError.OK) {
      throw failure(function, result, KnownIssue.of(function, VixError.code(result), false));
    }
  }

  /**
   * The same for a call whose reason the log may contain; the caller cleared the log before the
   * call.
   */
  private void checkByLog(VddkFunction function, long result, boolean remote) throws NbdException {
    if (result != VixError.OK) {
      KnownIssue.Found logged = vddkLog.knownIssue();
      throw failure(
          function,
          result,
          logged == null ? KnownIssue.of(function, VixError.code(result), remote) : logged);
    }
  }

  private NbdException failure(VddkFunction function, long result, KnownIssue.Found knownIssue) {
    int code = VixError.code(result);
    String text = function.symbol() + ": " + errorText(result) + " (error " + code + ")";
    NbdError error = VixError.nbd(code);
    return knownIssue == null
        ? new NbdException(error, text)
        : new NbdException(knownIssue.errorOr(error), text + "; " + knownIssue.remedy());
  }

  private String errorText(long error) {
    long begin = stats.begin(VddkFunction.GET_ERROR_TEXT);
    Pointer text = VddkApi.VixDiskLib_GetErrorText(error, null);
    stats.count(VddkFunction.GET_ERROR_TEXT, begin);
    if (text == null) {
      return "unknown error";
    }
    String copy = text.getString(0, "UTF-8");
    VddkApi.VixDiskLib_FreeErrorText(text);
    return copy;
  }

  /** Connects and opens a disk; {@link VddkHandle#close} undoes both. */
  VddkHandle open(VddkConfig config, String path, boolean readOnly) throws IOException {
    return asUser(() -> openNow(config, path, readOnly), false);
  }

  /**
   * Makes a call on the lifecycle thread, for which the end of VDDK waits.
   *
   * @param leaves whether the disk is closed again with the call; a failed one always is
   */
  private <T> T asUser(LifecycleThread.Call<T> call, boolean leaves) throws IOException {
    synchronized (this) {
      users++;
    }
    boolean done = false;
    try {
      T answer = lifecycle.call(call);
      done = true;
      return answer;
    } finally {
      if (leaves || !done) {
        leave();
      }
    }
  }

  private synchronized void leave() {
    users--;
    notifyAll();
  }

  private VddkHandle openNow(VddkConfig config, String path, boolean readOnly) throws IOException {
    ConnectParams params = new ConnectParams(config.login());
    long connection = 0;
    try {
      connection = connect(config, params, readOnly);
      long handle;
      try {
        handle = openDisk(connection, path, flags(config, readOnly), config.remote());
      } catch (NbdException e) {
        throw naming(config.login().map(login -> "disk: cannot open '" + path + "'"), e);
      }
      return new VddkHandle(this, connection, handle, params);
    } catch (IOException | RuntimeException | Error e) {
      if (connection != 0) {
        disconnect(connection);
      }
      params.close();
      throw e;
    }
  }

  private String loginStep(RemoteLogin login) {
    KnownIssue.Found found = vddkLog.knownIssue();
    return found != null && found.knownIssue() == KnownIssue.NO_SUCH_VM
        ? "VM: cannot use vm=" + login.vm()
        : "login: cannot log in to " + login.server() + " as " + login.user();
  }

  /** Names the step of a remote connection that failed; {@link Preflight} took those before. */
  private static NbdException naming(Optional<String> step, NbdException failure) {
    return step.isEmpty()
        ? failure
        : new NbdException(failure.error(), step.get() + ": " + failure.getMessage(), failure);
  }

  private static int flags(VddkConfig config, boolean readOnly) {
    return config.openFlags() | (readOnly ? OpenFlags.READ_ONLY : 0);
  }

  private long connect(VddkConfig config, ConnectParams params, boolean readOnly)
      throws IOException {
    Optional<String> transports = Transports.choose(config, major());
    try (NativeStrings strings = new NativeStrings()) {
      LongByReference connection = new LongByReference();
      trace(
          VddkFunction.CONNECT_EX,
          "readonly="
              + readOnly
              + ", snapshot="
              + config.snapshot().orElse("NULL")
              + ", transports="
              + transports.orElse("NULL"));
      vddkLog.forget();
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
        checkByLog(VddkFunction.CONNECT_EX, result, config.remote());
      } catch (NbdException e) {
        throw naming(config.login().map(this::loginStep), e);
      }
      return connection.getValue();
    }
  }

  private long openDisk(long connection, String path, int flags, boolean remote)
      throws IOException {
    try (NativeStrings strings = new NativeStrings()) {
      LongByReference handle = new LongByReference();
      trace(VddkFunction.OPEN, path + ", flags=" + flags);
      vddkLog.forget();
      long begin = stats.begin(VddkFunction.OPEN);
      long result =
          VddkApi.VixDiskLib_Open(connection, strings.add(path), flags, handle.getPointer());
      stats.count(VddkFunction.OPEN, begin);
      checkByLog(VddkFunction.OPEN, result, remote);
      return handle.getValue();
    }
  }

  private long disconnect(long connection) {
    trace(VddkFunction.DISCONNECT, "");
    long begin = stats.begin(VddkFunction.DISCONNECT);
    long result = VddkApi.VixDiskLib_Disconnect(connection);
    stats.count(VddkFunction.DISCONNECT, begin);
    return result;
  }

  /** Closes a disk, on the lifecycle thread. */
  private void closeNow(VddkHandle handle) {
    try {
      trace(VddkFunction.CLOSE, "");
      long begin = stats.begin(VddkFunction.CLOSE);
      long closed = handle.callClose();
      stats.count(VddkFunction.CLOSE, begin);
      long disconnected = disconnect(handle.connection());
      handle.params().close();
      check(VddkFunction.CLOSE, closed);
      check(VddkFunction.DISCONNECT, disconnected);
    } catch (IOException e) {
      log.error("a disk was not closed properly: " + e.getMessage());
    } finally {
      leave();
    }
  }

  /** Has a disk closed, after what waits for the lifecycle thread already; does not wait. */
  void close(VddkHandle handle) {
    try {
      lifecycle.post(() -> closeNow(handle));
    } catch (NbdException e) {
      throw new IllegalStateException("VDDK ends only after its disks are closed", e);
    }
  }

  /** Makes a local disk. */
  void create(VddkConfig config, String path, CreateOptions options) throws IOException {
    asUser(() -> createNow(config, path, options), true);
  }

  private Void createNow(VddkConfig config, String path, CreateOptions options) throws IOException {
    try (ConnectParams params = new ConnectParams(config.login());
        NativeStrings strings = new NativeStrings();
        Memory create = CreateParams.of(options)) {
      long connection = connect(config, params, false);
      try {
        trace(VddkFunction.CREATE, path + ", " + options);
        vddkLog.forget();
        long begin = stats.begin(VddkFunction.CREATE);
        long result = VddkApi.VixDiskLib_Create(connection, strings.add(path), create, null, null);
        stats.count(VddkFunction.CREATE, begin);
        checkByLog(VddkFunction.CREATE, result, false);
      } finally {
        disconnect(connection);
      }
    }
    return null;
  }

  /**
   * Ends VDDK, once every disk is closed; for at most that long it waits for them.
   *
   * @return whether it came to that
   */
  boolean exit(long millis) {
    synchronized (this) {
      if (!awaitUsers(TimeUnit.MILLISECONDS.toNanos(millis))) {
        return false;
      }
      if (ended) {
        return true;
      }
      ended = true;
    }
    try {
      lifecycle.end(this::exitNow, EXIT_NANOS);
      return true;
    } catch (IOException e) {
      return false; // Exit hangs, or a call before it
    }
  }

  private synchronized boolean awaitUsers(long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (users > 0) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private Void exitNow() {
    long begin = stats.begin(VddkFunction.EXIT);
    VddkApi.VixDiskLib_Exit();
    stats.count(VddkFunction.EXIT, begin);
    if (debug.stats()) {
      stats.show(log);
    }
    return null;
  }
}
