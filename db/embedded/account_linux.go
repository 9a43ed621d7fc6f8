package embedded

import (
	"os"
	"syscall"
)

const inside = 1000

// namespaceAccounts is the way that needs no chown and works below private folders: inside a user namespace the
// same owner has another number.
func namespaceAccounts() []account {
	uid, gid := os.Geteuid(), os.Getegid()
	attr := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: gid, Size: 1}},
	}
	return []account{{name: "user namespace", uid: uid, gid: gid, attr: attr}}
}
