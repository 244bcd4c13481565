import { accountOfNobody } from './operating-account'

describe('the account that root lends to PostgreSQL', () => {
  it('is nobody', () => {
    const passwd = 'root:x:0:0:root:/root:/bin/sh\nbin:x:2:2::/bin:\nnobody:x:99:98::/:/sbin/nologin\n'
    expect(accountOfNobody(passwd)).toEqual({ uid: 99, gid: 98 })
  })
  it('is the first that is not root where there is no nobody', () => {
    expect(accountOfNobody('root:x:0:0:root:/root:/bin/sh\nbin:x:2:3::/bin:\n')).toEqual({ uid: 2, gid: 3 })
  })
  it('is 65534 where there is no other', () => {
    expect(accountOfNobody('root:x:0:0:root:/root:/bin/sh\n')).toEqual({ uid: 65534, gid: 65534 })
  })
})
