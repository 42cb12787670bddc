package org.nbdcore.plugin.vddk;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Map;

/**
 * The functions of VDDK, bound directly. Pointers and handles that are only passed on, and u64, are
 * {@code long}; a VixError carries its code in the low 16 bits. One library a process.
 */
@SuppressWarnings("checkstyle:MethodName") // the names are the library's
final class VddkApi {

  private VddkApi() {}

  /** A log callback: a format and a {@code va_list}. */
  interface LogCallback extends Callback {
    /** Called by any thread. */
    void invoke(Pointer format, Pointer arguments);
  }

  /** The completion of an asynchronous call. */
  interface CompletionCallback extends Callback {
    /** Called on any thread, possibly on the calling thread before the call returns. */
    void invoke(long data, long result);
  }

  /** Binds to a library that is loaded already. */
  static void bind(Path library) {
    NativeLibrary bound =
        NativeLibrary.getInstance(
            library.toString(), Map.of(com.sun.jna.Library.OPTION_OPEN_FLAGS, 2));
    Native.register(VddkApi.class, bound);
  }

  /** Undoes {@link #bind}, after which another library may be bound. */
  static void unbind() {
    Native.unregister(VddkApi.class);
  }

  static native long VixDiskLib_InitEx(
      int major,
      int minor,
      Pointer log,
      Pointer warn,
      Pointer panic,
      Pointer libdir,
      Pointer config);

  static native void VixDiskLib_Exit();

  static native Pointer VixDiskLib_ListTransportModes();

  static native Pointer VixDiskLib_GetErrorText(long error, Pointer locale);

  static native void VixDiskLib_FreeErrorText(Pointer text);

  static native Pointer VixDiskLib_AllocateConnectParams();

  static native void VixDiskLib_FreeConnectParams(Pointer params);

  static native long VixDiskLib_ConnectEx(
      Pointer params, byte readOnly, Pointer snapshot, Pointer transports, Pointer connection);

  static native long VixDiskLib_Disconnect(long connection);

  static native long VixDiskLib_Open(long connection, Pointer path, int flags, Pointer handle);

  static native long VixDiskLib_Close(long handle);

  static native long VixDiskLib_Create(
      long connection, Pointer path, Pointer params, Pointer progress, Pointer data);

  static native Pointer VixDiskLib_GetTransportMode(long handle);

  static native long VixDiskLib_GetInfo(long handle, Pointer info);

  static native void VixDiskLib_FreeInfo(Pointer info);

  static native long VixDiskLib_Read(long handle, long start, long sectors, long buffer);

  static native long VixDiskLib_Write(long handle, long start, long sectors, long buffer);

  static native long VixDiskLib_Flush(long handle);

  static native long VixDiskLib_ReadAsync(
      long handle, long start, long sectors, long buffer, long callback, long data);

  static native long VixDiskLib_WriteAsync(
      long handle, long start, long sectors, long buffer, long callback, long data);

  static native long VixDiskLib_Wait(long handle);

  static native long VixDiskLib_QueryAllocatedBlocks(
      long handle, long start, long sectors, long chunk, Pointer list);

  static native long VixDiskLib_FreeBlockList(Pointer list);
}
