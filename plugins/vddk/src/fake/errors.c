/* The texts of the errors, as GetErrorText answers them. */
#include "fake.h"

static const struct {
  uint32_t code;
  const char *text;
} TEXTS[] = {
    {0, "The operation was successful"},
    {1, "Unknown error"},
    {2, "Memory allocation failed. Out of memory."},
    {3, "One of the parameters was invalid"},
    {4, "A file was not found"},
    {5, "This function cannot be performed because the handle is executing another function"},
    {6, "The operation is not supported"},
    {7, "A file access error occurred on the host or guest operating system"},
    {8, "An error occurred while writing a file; the disk is full. Data has not been saved."},
    {9, "The file is not a virtual disk"},
    {10, "The operation was canceled"},
    {11, "The file is write-protected"},
    {12, "The file already exists"},
    {13, "You do not have access rights to this file"},
    {15, "The file is already in use"},
    {36, "The connection to the host was lost"},
    {14009, "The server refused connection"},
    {14014, "The server is being shut down"},
    {14015, "The server is not available"},
    {16000, "One of the parameters supplied is invalid"},
    {16001, "The disk library has not been initialized"},
    {16007, "The requested disk range is outside the disk's capacity"},
    {16052, "The virtual disk is corrupted or not a supported format"},
    {18000, "Cannot connect to host"},
};

const char *error_text(VixError err) {
  for (unsigned i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
    if (TEXTS[i].code == VIX_ERROR_CODE(err)) {
      return TEXTS[i].text;
    }
  }
  return "Unknown error";
}
