package mail

import (
	"errors"
	"net/netip"
	"syscall"
)

var errPrivateAddress = errors.New("the name leads to an address inside a private network, and only public mail servers are allowed here")

// notPublic are the ranges that lead to no public machine and that netip does not know by a name of its own.
func notPublic() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),        // this network
		netip.MustParsePrefix("100.64.0.0/10"),    // a provider's own (RFC 6598)
		netip.MustParsePrefix("168.63.129.16/32"), // metadata of Azure
		netip.MustParsePrefix("192.0.0.0/24"),     // protocols, and metadata of Oracle
		netip.MustParsePrefix("192.0.2.0/24"),     // documentation, like the next two
		netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"), // measurements
		netip.MustParsePrefix("240.0.0.0/4"),   // reserved, and broadcast
		netip.MustParsePrefix("::/96"),         // IPv4 in an old dress
		netip.MustParsePrefix("64:ff9b:1::/48"),
		netip.MustParsePrefix("100::/64"),
		netip.MustParsePrefix("2001::/23"), // Teredo and other protocols
		netip.MustParsePrefix("2001:db8::/32"),
		netip.MustParsePrefix("2002::/16"), // 6to4
		netip.MustParsePrefix("3fff::/20"),
		netip.MustParsePrefix("5f00::/16"),
		netip.MustParsePrefix("fec0::/10"),
	}
}

// refusePrivate is a net.Dialer's Control: it sees each address just before it is dialled, after every look-up.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(at.Addr()) {
		return errPrivateAddress
	}
	return nil
}

func isPublic(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if netip.MustParsePrefix("64:ff9b::/96").Contains(ip) { // NAT64 leads to the IPv4 address at its end
		all := ip.As16()
		ip = netip.AddrFrom4([4]byte(all[12:]))
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, range_ := range notPublic() {
		if range_.Contains(ip) {
			return false
		}
	}
	return true
}
